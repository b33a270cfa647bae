# Made-up samples of three stages, stratified at the first two, written out for the other side:
# made1 to made3 with two clusters or more in each stratum, made4 to made6 with lonely ones.
make <- function(number) {
  set.seed(number)
  pick <- function(low, high) sample(low:high, 1)
  rows <- list()
  cluster <- 0
  for (s in 1:5) {
    n <- if (number > 3 && s == 1) 1 else pick(2, 4)
    N <- n + pick(1, 8)
    for (c in seq_len(n)) {
      cluster <- cluster + 1
      for (part in seq_len(pick(1, 2))) {
        m <- pick(2, 4)
        M <- m + pick(0, 6)
        for (u in seq_len(m)) {
          k <- pick(2, 4)
          K <- k + pick(0, 5)
          rows[[length(rows) + 1]] <- data.frame(
            s = s, c = cluster, part = 10 * cluster + part, u = 10 * part + u, e = seq_len(k), N = N, M = M, K = K,
            w = N / n * M / m * K / k * (if (number %% 2) runif(k, 0.5, 2) else 1),
            y = sample(0:11, k, TRUE), z = round(rnorm(k, 5, 2), 6),
            g = sample(c("a", "b", "c"), k, TRUE), h = sample(c("x", "y"), k, TRUE))
        }
      }
    }
  }
  made <- do.call(rbind, rows)
  made$w <- signif(made$w, 9)
  write.csv(made, file.path(scratch, paste0("made", number, ".csv")), row.names = FALSE)
  made
}
sampled <- function(made) {
  svydesign(id = ~c + u + e, strata = ~s + part, fpc = ~N + M + K, weights = ~w, data = made)
}
rules <- c("fail", "fail", "fail", "remove", "adjust", "average")
commands <- expression(
  svymean(~y + z, d, deff = TRUE),
  svyratio(~y, ~z, d),
  svyby(~z, ~g + h, d, svymean, covmat = TRUE),
  svymean(~z, subset(d, g == "a" & h == "x")),
  degf(subset(d, g == "a" & h == "x")),
  svyquantile(~y, d, c(0.2, 0.25, 0.5, 0.6, 0.75, 0.9)),
  svyquantile(~z, d, c(0.3, 0.5, 0.7), interval.type = "xlogit", qrule = "school"),
  svyciprop(~I(g == "a"), d, method = "asin"),
  svyciprop(~I(g == "a"), d, method = "beta"),
  svyciprop(~I(g == "a"), d, method = "xlogit"),
  svyvar(~y + z, d),
  svychisq(~g + h, d),
  svychisq(~g + h, d, statistic = "Chisq"),
  svyttest(z ~ h, d),
  svyttest(I(z - 5) ~ 0, d),
  svyranktest(y ~ h, d),
  svyranktest(y ~ h, d, test = "vanderWaerden"),
  svyranktest(y ~ h, d, test = "median"),
  svyranktest(y ~ g, d, test = "KruskalWallis"),
  svychisq(~g + h, d, statistic = "Wald"),
  svychisq(~g + h, d, statistic = "adjWald"),
  svytotal(~y + z, d)
)
for (number in 1:6) {
  options(survey.lonely.psu = rules[number])
  name <- paste0("d", number)
  assign(name, sampled(make(number)))
  # The last three are made of totals, which survey 4.1 measures from 0, not from the mean as 4.5.
  for (command in if (rules[number] == "adjust") head(commands, -3) else commands) {
    named <- do.call(substitute, list(command, list(d = as.name(name))))
    eval(bquote(take(.(named))))
  }
}
