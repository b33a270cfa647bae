"""The score sheet (bảng điểm điều tra xã hội học) and the files it is written to."""
