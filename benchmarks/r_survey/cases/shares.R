# quantiles
take(svyquantile(~api00, dsrs, c(0.1, 0.25, 0.5, 0.75, 0.9)))
take(svyquantile(~api00, dstrat, c(0.25, 0.5, 0.75)))
take(svyquantile(~api00, dclus1, c(0.25, 0.5, 0.75)))
take(svyquantile(~api00, dclus2, c(0.25, 0.5, 0.75)))
take(svyquantile(~enroll, dclus1, c(0.25, 0.5, 0.75), interval.type = "xlogit"))
take(svyquantile(~enroll, dstrat, c(0.1, 0.5, 0.9), interval.type = "beta"))
take(svyquantile(~api99, dclus1, c(0.1, 0.5, 0.9), interval.type = "asin"))
take(svyquantile(~api00, dstrat, c(0.2, 0.5, 0.8), qrule = "school"))
take(svyquantile(~births, dhosp, 0.5))
take(svyquantile(~api00, subset(dclus1, stype == "E"), c(0.25, 0.5, 0.75)))

# proportions
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "logit"))
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "xlogit"))
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "likelihood"))
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "asin"))
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "beta"))
take(svyciprop(~I(sch.wide == "Yes"), dclus1, method = "mean"))
take(svyciprop(~I(stype == "H"), dstrat, method = "logit"))
take(svyciprop(~I(comp.imp == "Yes"), dstrat, method = "xlogit", level = 0.9))
take(svyciprop(~I(comp.imp == "Yes"), dstrat, method = "likelihood"))
take(svyciprop(~I(comp.imp == "Yes"), dstrat, method = "beta"))
take(svyciprop(~I(stype == "M"), dclus2, method = "logit"))
take(svyciprop(~I(stype == "M"), dclus2, method = "likelihood"))
take(svyciprop(~I(stype == "M"), dclus2, method = "asin"))
take(svyciprop(~I(stype == "M"), dclus2, method = "beta"))
take(svyciprop(~I(sch.wide == "No"), subset(dstrat, stype == "E"), method = "beta"))
# svyciprop reads the likelihood bounds off a line between points of a profile; this solves the
# same equation, with the deviance, dispersion and variances of the same fit, iterated to the end.
likelihood_bounds <- function(formula, design) {
  fit <- svyglm(formula, design, family = quasibinomial, control = glm.control(epsilon = 1e-15, maxit = 100))
  y <- as.numeric(fit$y)
  w <- weights(design) / mean(weights(design))
  ratio <- fit$cov.unscaled[1, 1] / fit$naive.cov[1, 1]
  bound <- qt(0.975, degf(design))^2 * ratio * as.numeric(summary(fit)$dispersion) + fit$deviance
  beyond <- function(eta) -2 * sum(w * (y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE))) - bound
  centre <- as.numeric(coef(fit))
  reach <- 20 * as.numeric(SE(fit))
  plogis(c(uniroot(beyond, c(centre - reach, centre), tol = 1e-14)$root,
           uniroot(beyond, c(centre, centre + reach), tol = 1e-14)$root))
}
take(likelihood_bounds(I(sch.wide == "Yes") ~ 1, dclus1))
take(likelihood_bounds(I(comp.imp == "Yes") ~ 1, dstrat))
take(likelihood_bounds(I(stype == "M") ~ 1, dclus2))
