"""The estimators beside R survey and psych, figure by figure, on R's own data sets."""
