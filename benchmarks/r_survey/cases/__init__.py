"""The cases: for each module here the R file of the same name, which takes the same figures."""
