# psych's five scales of bfi: complete answers, reverse-worded items turned round (7 - x).
keyed <- list(
  A = c(-1, 1, 1, 1, 1), C = c(1, 1, 1, -1, -1), E = c(-1, -1, 1, 1, 1),
  N = c(1, 1, 1, 1, 1), O = c(1, -1, 1, 1, -1)
)
for (scale in names(keyed)) {
  answers <- as.matrix(na.omit(bfi[, paste0(scale, 1:5)]))
  turned <- keyed[[scale]] < 0
  answers[, turned] <- 7 - answers[, turned]
  assign(scale, as.data.frame(answers))
}
pair <- N[, 1:2]
sexes <- na.omit(bfi[, c("N1", "N2", "N3", "N4", "N5", "gender")])
within <- as.data.frame(lapply(sexes[1:5], function(x) x - ave(x, sexes$gender)))

quiet <- function(expression) suppressMessages(suppressWarnings(expression))
raw <- function(x) quiet(alpha(x, check.keys = FALSE))$total$raw_alpha
standardised <- function(x) quiet(alpha(x, check.keys = FALSE))$total$std.alpha
feldt <- function(x) unlist(quiet(alpha(x, check.keys = FALSE))$feldt[c(1, 3)])
item_rest <- function(x) quiet(alpha(x, check.keys = FALSE))$item.stats$r.drop
if_deleted <- function(x) quiet(alpha(x, check.keys = FALSE))$alpha.drop$raw_alpha

# Omega total of one factor by maximum likelihood (factanal), of the raw items: the model's own
# variance stands below. psych's omega.tot puts the observed one there, of standardised items.
one_factor <- function(x) {
  exact <- list(nstart = 1, opt = list(factr = 1, pgtol = 0, maxit = 100000))
  factanal(covmat = cov(x), factors = 1, n.obs = nrow(x), control = exact)
}
omega_ml <- function(x) {
  fit <- one_factor(x)
  sd <- sqrt(diag(cov(x)))
  common <- sum(fit$loadings[, 1] * sd)^2
  common / (common + sum(fit$uniquenesses * sd^2))
}
omega_observed <- function(x) 1 - sum(one_factor(x)$uniquenesses) / sum(cor(x))
distances <- function(x) mahalanobis(x, colMeans(x), cov(x))[1:200]

take(raw(A))
take(standardised(A))
take(feldt(A))
take(item_rest(A))
take(if_deleted(A))
take(omega_ml(A))
take(omega_observed(A))
take(distances(A))
take(raw(C))
take(standardised(C))
take(feldt(C))
take(item_rest(C))
take(if_deleted(C))
take(omega_ml(C))
take(omega_observed(C))
take(distances(C))
take(raw(E))
take(standardised(E))
take(feldt(E))
take(item_rest(E))
take(if_deleted(E))
take(omega_ml(E))
take(omega_observed(E))
take(distances(E))
take(raw(N))
take(standardised(N))
take(feldt(N))
take(item_rest(N))
take(if_deleted(N))
take(omega_ml(N))
take(omega_observed(N))
take(distances(N))
take(raw(O))
take(standardised(O))
take(feldt(O))
take(item_rest(O))
take(if_deleted(O))
take(omega_ml(O))
take(omega_observed(O))
take(distances(O))
take(raw(pair))
take(standardised(pair))
take(raw(within))
