# Item means by unit and the score through influence values, with R's survey package.
# Rscript large_score.R DATASET SHARES.csv ITEMS OUT: prints seconds, writes figures to OUT.
suppressMessages(library(survey))
given <- commandArgs(trailingOnly = TRUE)
items <- sprintf("Q%02d", seq_len(as.integer(given[3])))
kinds <- c(rep("character", 5), "numeric", "integer", rep("integer", 40))
began <- proc.time()[["elapsed"]]
ballots <- read.csv(file.path(given[1], "ballots.csv"), colClasses = kinds, na.strings = "")
reading <- proc.time()[["elapsed"]] - began
shares <- read.csv(given[2], row.names = 1)
ballots$N <- shares[ballots$group, "population"]
all_items <- sprintf("Q%02d", 1:40)
values <- (as.matrix(ballots[all_items]) - 1) / 4
ballots[all_items] <- values

began <- proc.time()[["elapsed"]]
design <- svydesign(~respondent, strata = ~stratum, weights = ~weight, fpc = ~N, data = ballots)
means <- do.call(rbind, lapply(items, function(item) {
  known <- design[!is.na(ballots[[item]]), ]
  found <- svyby(as.formula(paste0("~", item)), ~unit, known, svymean)
  data.frame(item = item, unit = found$unit, mean = found[[2]], se = found[["se"]])
}))
averaging <- proc.time()[["elapsed"]] - began

began <- proc.time()[["elapsed"]]
cell <- interaction(ballots$unit, ballots$group, drop = TRUE)
share <- shares[ballots$group, "share"]
points <- 30 / 8
z <- numeric(nrow(ballots))
scores <- 0
for (leaf in 0:7) {
  own <- values[, leaf * 5 + 1:5]
  answered <- rowSums(!is.na(own))
  x <- ifelse(2 * answered >= 5, rowMeans(own, na.rm = TRUE), NA)
  known <- !is.na(x)
  weight <- ifelse(known, ballots$weight, 0)
  base <- rowsum(weight, cell)
  mean <- rowsum(weight * ifelse(known, x, 0), cell) / base
  at <- match(cell, rownames(base))
  z <- z + ifelse(known, weight * points * share * (x - mean[at]) / base[at], 0)
  first <- !duplicated(cell)
  scores <- scores + rowsum(points * share[first] * mean[at[first]], ballots$unit[first])
}
units <- sort(unique(ballots$unit))
person <- match(ballots$respondent, unique(ballots$respondent))
influence <- matrix(0, max(person), length(units))
influence[cbind(person, match(ballots$unit, units))] <- z
first <- !duplicated(person)
people <- data.frame(stratum = ballots$stratum[first], N = ballots$N[first])
people$z <- influence
score_design <- svydesign(~1, strata = ~stratum, weights = ~1, fpc = ~N, data = people)
covariance <- vcov(svytotal(~z, score_design))
scoring <- proc.time()[["elapsed"]] - began

cat(reading, averaging, scoring, "\n")
options(digits = 17)
if (length(items)) write.csv(means, file.path(given[4], "means.csv"), row.names = FALSE)
write.csv(data.frame(unit = units, score = scores[units, 1]), file.path(given[4], "scores.csv"),
          row.names = FALSE)
write.table(covariance, file.path(given[4], "covariance.csv"), sep = ",", row.names = FALSE,
            col.names = FALSE)
