# Makes calibration.json: Rscript calibration.R > calibration.json  (R survey; base R writes the JSON)
suppressPackageStartupMessages(library(survey))
i <- 0:59
people <- data.frame(
  stratum = i %/% 20, cluster = i %/% 4, w = 3 + (i * 7) %% 11,
  age = c("18-29", "30-59", "60+")[1 + (i * i + i %/% 7) %% 3],
  sex = c("f", "m")[1 + (i * 5 + i %/% 6) %% 2],
  area = c("town", "plain", "hill", "border")[1 + (i * 3 + i %/% 9) %% 4],
  x = 20 + (i * 13) %% 31, y = 50 + (i * 17) %% 37 + (i * 13) %% 31, inside = (i * 11) %% 5 < 3)
clusters <- svydesign(id = ~cluster, strata = ~stratum, weights = ~w, fpc = ~I(rep(40, 60)), data = people)
rows <- svydesign(id = ~1, weights = ~w, data = people)
one <- svydesign(id = ~cluster, weights = ~w, data = people)
age <- data.frame(age = c("18-29", "30-59", "60+"), Freq = c(150, 180, 160))
sex <- data.frame(sex = c("f", "m"), Freq = c(260, 230))
area <- data.frame(area = c("border", "hill", "plain", "town"), Freq = c(130, 110, 135, 115))
wanted <- c(`(Intercept)` = 490, age30 = 180, age60 = 160, x = 17000)
names(wanted)[2:3] <- c("age30-59", "age60+")
tight <- list(maxit = 5000, epsilon = 1e-14)
figures <- function(design) {
  m <- svymean(~y, design); t <- svytotal(~y, design)
  d <- svymean(~y, subset(design, inside)); r <- svyratio(~y, ~x, design)
  c(coef(m), SE(m), coef(t), SE(t), coef(d), SE(d), coef(r), SE(r))
}
logit <- function(design) calibrate(design, ~age + x, wanted, calfun = "logit", bounds = c(0.3, 3), epsilon = 1e-13)
jkn <- as.svrepdesign(clusters)
result <- list(
  post_stratified = figures(postStratify(clusters, ~age, age)),
  raked_by_sweeps = figures(rake(clusters, list(~age, ~sex, ~area), list(age, sex, area), control = tight)),
  raked = figures(calibrate(clusters, list(~age, ~sex, ~area), list(age, sex, area), calfun = "raking", epsilon = 1e-13)),
  linear = figures(calibrate(clusters, ~age + x, wanted)),
  exponential = figures(calibrate(clusters, ~age + x, wanted, calfun = "raking", epsilon = 1e-13)),
  logit = figures(logit(clusters)),
  bounded_linear = figures(calibrate(clusters, ~age + x, wanted, bounds = c(0.6, 1.4), epsilon = 1e-13)),
  raked_then_post_stratified = figures(postStratify(calibrate(clusters, list(~age, ~sex), list(age, sex), calfun = "raking", epsilon = 1e-13), ~area, area)),
  jk1 = figures(as.svrepdesign(one)),
  jkn = figures(jkn),
  jkn_mse = figures(as.svrepdesign(clusters, mse = TRUE)),
  jkn_raked = figures(rake(jkn, list(~age, ~sex), list(age, sex), control = tight)),
  jkn_logit = figures(logit(jkn)),
  trimmed = as.numeric(weights(trimWeights(rows, upper = 11, lower = 4))),
  degrees = c(degf(jkn), degf(as.svrepdesign(one)))
)
lines <- sprintf('  "%s": [%s]', names(result), sapply(result, function(v) paste(sprintf("%.17g", v), collapse = ", ")))
cat("{\n", paste(lines, collapse = ",\n"), "\n}\n", sep = "")
