"""What the crossed model costs, on one core, in CPU seconds of this process or of R's.

    InstEval                    73,421 ratings of 1,128 lecturers by 2,972 students: fitted here and by lme4 in turn, in
                                the same run; lme4's optimiser as it comes, and the one that is said to be faster
    500 x 20,000 x 100,000      a ranking with 2,000 draws and rank probabilities, everything counted
    40 x 60 x 180               a ranking of a small institution, variance ratios integrated out and not

R and lme4 come from the distribution (apt-get install r-base-core r-cran-lme4); without Rscript, without lme4 or
without the folder of reference data (FEEDBACK_TEST_DATA, else ../shared) that part is skipped and says so. R uses
the BLAS it finds, one thread.

    python benchmarks/value.py
"""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
from pandas import DataFrame

from feedback.analysis.value import fit_crossed, rank_items

TIMES = 3
TURNS = 2
SHARED = Path(os.environ.get("FEEDBACK_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
LME4 = """
suppressMessages(library(lme4))
ratings <- read.csv(gzfile(commandArgs(TRUE)[1]))
for (control in list(lmerControl(), lmerControl(optimizer = "bobyqa", calc.derivs = FALSE))) {
  began <- proc.time()
  fit <- lmer(y ~ 1 + (1 | s) + (1 | d), ratings, control = control)
  spent <- (proc.time() - began)[c("user.self", "sys.self")]
  variances <- as.data.frame(VarCorr(fit))
  cat(sum(spent), variances$vcov[match(c("d", "s", "Residual"), variances$grp)], fixef(fit), "\\n")
}
"""
"""Prints for each optimiser: CPU seconds of the fit alone, variances of d, s and the rest, intercept."""


def main() -> None:
    """Print the table."""
    insteval(SHARED / "reference" / "insteval.csv.gz")
    line("500 x 20,000 x 100,000, 2,000 draws", seconds(lambda: rank_items(BIG, draws=2000)))
    line("40 x 60 x 180, integrated", seconds(lambda: rank_items(SMALL)))
    line("40 x 60 x 180, --method reml", seconds(lambda: rank_items(SMALL, method="reml")))
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def insteval(file: Path) -> None:
    """Here and by lme4, turn about."""
    if not file.exists():
        print(f"InstEval: skipped, {file} is not there")
        return
    table = pd.read_csv(file)[["d", "s", "y"]].set_axis(["item", "rater", "score"], axis=1)
    ours, theirs = [], []
    for _ in range(TURNS):
        ours += seconds(lambda: fit_crossed(table), times=1)
        theirs.append(by_lme4(file))
    line("InstEval, here", ours)
    if theirs[0] is None:
        return
    fit = fit_crossed(table)
    found = np.array([*fit.variances, fit.variance_residual, fit.intercept])
    for place, name in enumerate(("as it comes", "bobyqa, no derivatives")):
        spent = [each[place][0] for each in theirs]
        line(f"InstEval, lme4, {name}", spent)
        off = np.abs(found / theirs[0][place][1:] - 1).max()
        times = np.median(spent) / np.median(ours)
        print(f"    here {times:.1f} times as fast; variances and intercept within {off:.0e} of each other")


def by_lme4(file: Path) -> list[np.ndarray] | None:
    """What LME4 prints, a row an optimiser; None (and says so) where it cannot run."""
    script = shutil.which("Rscript")
    if script is None:
        print("InstEval by lme4: skipped, there is no Rscript (apt-get install r-base-core r-cran-lme4)")
        return None
    ran = subprocess.run([script, "-e", LME4, str(file)], capture_output=True, text=True)
    if ran.returncode:
        print(f"InstEval by lme4: skipped, R said: {ran.stderr.strip()[-200:]}")
        return None
    return [np.array(row.split(), dtype=float) for row in ran.stdout.splitlines()]


def drawn(items: int, raters: int, each: int) -> DataFrame:
    """Ratings from 1 to 5, sds .4 between items, .6 between raters and .8 for the rest; every rater rates so many."""
    draw = np.random.default_rng(1)
    item = np.argsort(draw.random((raters, items)), axis=1)[:, :each].ravel()
    rater = np.repeat(np.arange(raters), each)
    latent = 3.5 + draw.normal(0, 0.4, items)[item] + draw.normal(0, 0.6, raters)[rater]
    score = np.clip(np.rint(latent + draw.normal(0, 0.8, len(item))), 1, 5)
    return DataFrame({"item": item, "rater": rater, "score": score})


def seconds(work: Callable[[], object], times: int = TIMES) -> list[float]:
    """CPU seconds of each time it is done."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return spent


def line(what: str, spent: list[float]) -> None:
    """One row: median, least and most."""
    print(f"{what:<44}{np.median(spent):8.3f} s   ({min(spent):.3f} to {max(spent):.3f})", flush=True)


BIG, SMALL = drawn(500, 20_000, 5), drawn(40, 60, 3)

if __name__ == "__main__":
    main()
