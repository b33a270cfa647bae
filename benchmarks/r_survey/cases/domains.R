# domains
take(svyby(~api00, ~sch.wide, dstrat, svymean, covmat = TRUE))
take(svyby(~api00, ~stype, dclus1, svymean, covmat = TRUE))
take(svyby(~api00, ~stype, dclus2, svymean, covmat = TRUE))
take(svyby(~api00, ~stype + sch.wide, dclus1, svymean, covmat = TRUE))
take(svyby(~enroll, ~stype, dstrat, svytotal))
take(svyby(~enroll, ~sch.wide, dclus1, svytotal, covmat = TRUE))
take(svyby(~api00, ~sch.wide, dclus1, svymean, deff = TRUE))
take(svymean(~api00, subset(dstrat, comp.imp == "Yes")))
take(svytotal(~enroll, subset(dclus1, stype == "E")))
take(svymean(~api00, subset(dclus2, stype == "H")))
take(svyratio(~api.stu, ~enroll, subset(dstrat, stype == "H")))
take(svycontrast(svyby(~api00, ~sch.wide, dstrat, svymean, covmat = TRUE), c(-1, 1)))
take(svycontrast(svyby(~api00, ~stype, dclus1, svymean, covmat = TRUE), list(EH = c(1, -1, 0), EM = c(1, 0, -1))))
take(svycontrast(svymean(~api00 + api99, dclus1), c(1, -1)))
take(svycontrast(svytotal(~Bush + Kerry + Nader, dpps), c(1, -1, 0)))

# degrees of freedom
take(degf(dstrat))
take(degf(dclus1))
take(degf(dclus2))
take(degf(dfpc))
take(degf(subset(dclus1, stype == "H")))
take(degf(subset(dstrat, stype != "H")))

# lonely: of the second stratum one cluster is left
lone <- svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, data = fpc[c(1:5, 6), ], nest = TRUE)
lonefpc <- svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, fpc = ~Nh, data = fpc[c(1:5, 6), ], nest = TRUE)
lonely <- function(rule, expression) {
  options(survey.lonely.psu = rule)
  on.exit(options(survey.lonely.psu = "fail"))
  expression
}
take(lonely("certainty", svymean(~x, lone)))
take(lonely("remove", svytotal(~x, lone)))
take(lonely("adjust", svymean(~x, lone)))
take(lonely("adjust", svymean(~x, lonefpc)))
take(lonely("average", svymean(~x, lone)))
take(lonely("average", svytotal(~x, lonefpc)))
