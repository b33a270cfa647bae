# Run one case file: Rscript run.R <case.R> <scratch folder>
#
# The data sets go to the scratch folder as CSV. `take(command)` in the case file keeps every
# number of the command's result, named by its part, under the text of the command.
suppressPackageStartupMessages({library(survey); library(psych)})
arguments <- commandArgs(trailingOnly = TRUE)
scratch <- arguments[2]
data(api); data(scd); data(hospital); data(fpc); data(mu284); data(election)

sets <- list(apisrs = apisrs, apistrat = apistrat, apiclus1 = apiclus1, apiclus2 = apiclus2,
             apipop = apipop[, c("cds", "stype", "sch.wide", "comp.imp", "api99", "api00", "enroll")],
             scd = scd, hospital = hospital, fpc = fpc, mu284 = mu284,
             election_pps = election_pps, bfi = psych::bfi)
for (name in names(sets)) {
  path <- file.path(scratch, paste0(name, ".csv"))
  if (!file.exists(path)) {
    columns <- lapply(sets[[name]], function(column) {
      if (is.numeric(column)) ifelse(is.na(column), "", sprintf("%.17g", column)) else as.character(column)
    })
    write.csv(as.data.frame(columns, check.names = FALSE), path, row.names = FALSE, na = "")
  }
}

parts <- function(result) UseMethod("parts")
parts.default <- function(result) list(value = as.numeric(unlist(result)))
parts.matrix <- function(result) list(value = as.numeric(result))
parts.svystat <- function(result) {
  kept <- list(coef = as.numeric(coef(result)), se = as.numeric(SE(result)), vcov = as.numeric(vcov(result)))
  if (!is.null(attr(result, "deff"))) kept$deff <- as.numeric(deff(result))
  kept
}
parts.svrepstat <- parts.svystat
parts.svyvar <- function(result) {
  list(coef = as.numeric(result), se = sqrt(diag(as.matrix(attr(result, "var")))))
}
parts.svyby <- function(result) {
  kept <- list(coef = as.numeric(coef(result)), se = as.numeric(unlist(SE(result))))
  if (!is.null(attr(result, "var"))) kept$vcov <- as.numeric(attr(result, "var"))
  if (attr(result, "svyby")$deffs != FALSE) kept$deff <- as.numeric(unlist(deff(result)))
  kept
}
parts.svyratio <- function(result) {
  kept <- list(coef = as.numeric(result$ratio), se = as.numeric(SE(result)))
  if (!is.null(result$vcov)) kept$vcov <- as.numeric(result$vcov)
  if (!is.null(attr(result, "deff"))) kept$deff <- as.numeric(attr(result, "deff"))
  kept
}
parts.htest <- function(result) {
  list(statistic = as.numeric(result$statistic), parameter = as.numeric(result$parameter),
       p = as.numeric(result$p.value))
}
parts.regTermTest <- function(result) {
  list(statistic = as.numeric(result$Ftest), parameter = as.numeric(c(result$df, result$ddf)),
       p = as.numeric(result$p))
}
parts.svyciprop <- function(result) {
  list(coef = as.numeric(coef(result)), se = sqrt(as.numeric(vcov(result))), ci = as.numeric(attr(result, "ci")))
}
parts.newsvyquantile <- function(result) {
  table <- result[[1]]
  list(coef = as.numeric(table[, 1]), ci = as.numeric(t(table[, 2:3])), se = as.numeric(table[, 4]))
}
parts.survey.design <- function(result) list(weights = as.numeric(weights(result)))

taken <- character()
written <- function(numbers) {
  text <- sprintf("%.17g", numbers)
  text[!is.finite(numbers)] <- "null"
  paste0("[", paste(text, collapse = ", "), "]")
}
take <- function(command) {
  text <- paste(trimws(deparse(substitute(command), width.cutoff = 500L)), collapse = " ")
  kept <- suppressWarnings(parts(command))
  lines <- sprintf("%s: %s", encodeString(names(kept), quote = '"'), vapply(kept, written, ""))
  taken <<- c(taken, sprintf("%s: {%s}", encodeString(text, quote = '"'), paste(lines, collapse = ", ")))
}

source(file.path(dirname(dirname(arguments[1])), "designs.R"))
source(arguments[1])
name <- sub("\\.R$", ".json", basename(arguments[1]))
writeLines(paste0("{\n", paste(taken, collapse = ",\n"), "\n}"), file.path(scratch, name))
