"""Files for analysts: the frozen answers as SPSS and Parquet, and scripts that read them."""
