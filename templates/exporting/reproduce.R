# Tính lại bảng điểm từ bộ dữ liệu và so với scores.csv / scores.json đã công bố.
# Computes the score table anew from the dataset and compares it with the published figures.
#
#   Rscript reproduce.R [DATASET]        (../dataset)
#
# Base R; where the package `survey` is installed, it computes the standard errors a second time.

arguments <- commandArgs(trailingOnly = TRUE)
dataset <- if (length(arguments)) arguments[1] else file.path("..", "dataset")
file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- if (length(file)) dirname(file[1]) else "."

read_table <- function(path) {
  if (!file.exists(path)) {
    stop("không có tệp / there is no file: ", path, "; chạy / run: Rscript reproduce.R DATASET",
         call. = FALSE)
  }
  read.csv(path, colClasses = "character", na.strings = character(0), check.names = FALSE,
           fileEncoding = "UTF-8-BOM")
}
ballots <- read_table(file.path(dataset, "ballots.csv"))
for (name in c("leaves", "items", "options", "units", "strata", "rules", "scores")) {
  assign(name, read_table(file.path(here, paste0(name, ".csv"))))
}
rule <- setNames(rules$value, rules$rule)
places <- as.integer(rule["places"])
weight <- as.numeric(ballots$weight)
class_of <- setNames(units$unit_class, units$unit)

# Half-up on the exact figure: a float may lie a hair below the tie that it stands for.
half_up <- function(x) floor(x * 10^places + 0.5 + 1e-7) / 10^places

# ---- One leaf of every unit of a class: points, and the influence of each ballot on them. ----

group_scores <- function(unit_class, leaf, group) {
  asked_items <- unique(items$item[items$unit_class == unit_class & items$leaf == leaf &
                                     items$group == group])
  rows <- which(ballots$group == group & class_of[ballots$unit] == unit_class)
  cells <- as.matrix(ballots[rows, asked_items, drop = FALSE])
  worth <- matrix(NA_real_, nrow(cells), ncol(cells))
  for (place in seq_along(asked_items)) {
    own <- options[options$item == asked_items[place], ]
    worth[, place] <- as.numeric(own$worth[match(cells[, place], own$code)]) / 100
  }
  answered <- rowSums(!is.na(worth))
  asked <- rowSums(cells != "~")
  valid <- answered > 0 & (rule["half_rule"] == "0" | 2 * answered >= asked)
  data.frame(row = rows[valid], x = (rowSums(worth, na.rm = TRUE) / answered)[valid])
}

score_leaf <- function(unit_class, leaf) {
  shares <- leaves[leaves$unit_class == unit_class & leaves$leaf == leaf, ]
  maximum <- as.numeric(shares$maximum[1])
  members <- units$unit[units$unit_class == unit_class]
  means <- lapply(shares$group, function(group) group_scores(unit_class, leaf, group))
  points <- setNames(rep(NA_real_, length(members)), members)
  influence <- numeric(nrow(ballots))
  for (unit in members) {
    own <- lapply(means, function(scores) scores[ballots$unit[scores$row] == unit, ])
    n <- vapply(own, nrow, integer(1))
    enough <- n >= as.integer(shares$minimum) | rule["below_minimum"] != "renormalise"
    omega <- ifelse(n > 0 & enough, as.numeric(shares$weight) / 100, 0)
    cover <- sum(omega)
    if (cover <= 0 || cover < as.numeric(rule["minimum_cover"]) - 1e-12) next
    points[unit] <- 0
    for (place in which(omega > 0)) {
      rows <- own[[place]]$row
      x <- own[[place]]$x
      mean <- sum(weight[rows] * x) / sum(weight[rows])
      share <- maximum * omega[place] / cover
      points[unit] <- points[unit] + share * mean
      influence[rows] <- influence[rows] + share * weight[rows] * (x - mean) / sum(weight[rows])
    }
  }
  list(maximum = maximum, points = points, influence = influence)
}

# ---- The variance of a sum of influence values: strata, respondents, finite populations. ----

joined <- setNames(strata$joined_to, strata$stratum)
host <- joined[ballots$stratum]
population <- function(stratum) {
  sum(as.numeric(ifelse(strata$population == "", Inf, strata$population))[joined == stratum])
}
subset <- function(stratum) any(strata$subset[joined == stratum] == "1")

# Everybody of a stratum counts, also who did not rate the unit; but where each person was given
# some units at random, only those who were given this one.
sample_of <- function(unit, t) {
  touched <- unique(host[t != 0])
  parts <- lapply(touched, function(stratum) {
    rows <- which(host == stratum)
    people <- if (subset(stratum)) {
      unique(ballots$respondent[rows][ballots$unit[rows] == unit])
    } else {
      unique(ballots$respondent[rows])
    }
    own <- rows[ballots$unit[rows] == unit]
    total <- vapply(split(t[own], factor(ballots$respondent[own], levels = people)),
                    sum, numeric(1))
    data.frame(stratum = stratum, t = unname(total), fraction = length(people) / population(stratum))
  })
  do.call(rbind, parts)
}

standard_error <- function(unit, t) {
  people <- sample_of(unit, t)
  if (is.null(people)) return(c(own = 0, survey = 0))
  variance <- sum(vapply(split(people, people$stratum), function(part) {
    n <- nrow(part)
    centre <- if (n > 1) mean(part$t) else 0
    (1 - part$fraction[1]) * (if (n > 1) n / (n - 1) else 1) * sum((part$t - centre)^2)
  }, numeric(1)))
  c(own = sqrt(variance), survey = by_survey(people))
}

has_survey <- suppressWarnings(suppressMessages(requireNamespace("survey", quietly = TRUE)))
by_survey <- function(people) {
  if (!has_survey || any(table(people$stratum) < 2)) return(NA_real_)
  people$one <- 1
  design <- survey::svydesign(ids = ~1, strata = ~stratum, weights = ~one, fpc = ~fraction,
                              data = people)
  as.numeric(survey::SE(survey::svytotal(~t, design)))
}

# ---- Sums of leaves: the total and every component. ----

scored <- list()
for (unit_class in unique(units$unit_class)) {
  for (leaf in unique(leaves$leaf[leaves$unit_class == unit_class])) {
    scored[[paste(unit_class, leaf)]] <- c(
      score_leaf(unit_class, leaf),
      leaf = leaf,
      unit_class = unit_class,
      component = leaves$component[leaves$unit_class == unit_class & leaves$leaf == leaf][1]
    )
  }
}

add_up <- function(unit, parts) {
  points <- vapply(parts, function(part) part$points[[unit]], numeric(1))
  maxima <- vapply(parts, function(part) part$maximum, numeric(1))
  known <- !is.na(points)
  if (!any(known)) return(NULL)
  scale <- sum(maxima) / sum(maxima[known])
  added <- if (rule["stage"] == "leaf") sum(half_up(points[known])) else sum(points[known])
  t <- scale * Reduce(`+`, lapply(parts[known], function(part) part$influence))
  list(points = half_up(added * scale), error = standard_error(unit, ifelse(ballots$unit == unit, t, 0)))
}

result <- NULL
for (unit in units$unit) {
  own <- Filter(function(part) part$unit_class == class_of[[unit]], scored)
  components <- unique(vapply(own, function(part) part$component, character(1)))
  for (component in c("", components)) {
    parts <- if (component == "") own else Filter(function(p) p$component == component, own)
    found <- add_up(unit, parts)
    if (!is.null(found)) {
      result <- rbind(result, data.frame(
        level = if (component == "") "unit" else "component", unit = unit, component = component,
        leaf = "", points = found$points, error = found$error[["own"]],
        survey = found$error[["survey"]]))
    }
  }
  for (part in own) {
    if (!is.na(part$points[[unit]])) {
      t <- ifelse(ballots$unit == unit, part$influence, 0)
      error <- standard_error(unit, t)
      result <- rbind(result, data.frame(
        level = "leaf", unit = unit, component = part$component, leaf = part$leaf,
        points = half_up(part$points[[unit]]), error = error[["own"]],
        survey = error[["survey"]]))
    }
  }
}

# ---- Compare with what is published; what is hidden there is not printed here either. ----

published <- scores[scores$level %in% c("unit", "component", "leaf") & scores$state == "published", ]
key <- function(table) paste(table$level, table$unit, ifelse(table$level == "leaf", "", table$component), table$leaf)
both <- merge(
  data.frame(key = key(published), published = published$points, se = published$standard_error),
  cbind(key = key(result), result), by = "key")
# What is written with d places may be half a unit of the last place away.
digits <- nchar(sub("^[^.]*\\.?", "", both$se))
same_points <- sprintf(paste0("%.", places, "f"), both$points) == both$published
same_error <- both$se == "" | abs(both$error - as.numeric(both$se)) <= 0.5 * 10^-digits + 1e-9
same_survey <- is.na(both$survey) | abs(both$survey - both$error) <= 1e-9

totals <- both[both$level == "unit", ]
totals <- totals[order(class_of[totals$unit], -totals$points), ]
print(data.frame(class = class_of[totals$unit], unit = totals$unit, points = totals$published,
                 se = totals$se, points_R = sprintf(paste0("%.", places, "f"), totals$points),
                 se_R = sprintf("%.*f", nchar(sub("^[^.]*\\.?", "", totals$se)), totals$error),
                 row.names = NULL), right = TRUE)
if (requireNamespace("jsonlite", quietly = TRUE)) {
  sheet <- jsonlite::fromJSON(file.path(here, "scores.json"), simplifyVector = FALSE)
  for (unit in sheet$units) {
    given <- unit$result$points
    if (!is.null(given)) stopifnot(given == totals$published[totals$unit == unit$code])
  }
}
cat(sprintf("%d figures published, %d computed; points equal %d, standard errors equal %d",
            nrow(published), nrow(both), sum(same_points), sum(same_error)))
cat(if (has_survey) sprintf("; survey equal %d of %d\n", sum(same_survey & !is.na(both$survey)),
                            sum(!is.na(both$survey))) else "; survey not installed\n")
good <- nrow(both) == nrow(published) && all(same_points, same_error, same_survey)
cat(if (good) "ĐẠT / REPRODUCED\n" else "KHÔNG ĐẠT / NOT REPRODUCED\n")
quit(status = if (good) 0 else 1)
