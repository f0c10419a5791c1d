#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare measures with SciPy and scikit-learn.

    measures.py FILE

FILE has samples and what we say of them. Exits 1 with a line per figure that differs by more than
1e-9. What neither package has (PSI, DeLong, Hellinger, KS power with weights) is computed here by
its definition, the slow way.
"""
import json
import sys

import numpy as np
import scipy.special
import scipy.stats
import scipy.stats.contingency
import sklearn.metrics
from scipy.spatial.distance import jensenshannon

faults: list[str] = []


def near(what: str, ours: float, theirs: float) -> None:
    if not abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs)):
        faults.append(f"{what}: {ours!r}, not {theirs!r}")


def all_near(what: str, ours: dict, theirs: dict) -> None:
    for name, value in theirs.items():
        near(f"{what}.{name}", ours[name], float(value))


def ks_power(label: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    furthest = 0.0
    for border in np.unique(score):
        above = score >= border
        shares = [weight[above & (label == c)].sum() / weight[label == c].sum() for c in (0, 1)]
        furthest = max(furthest, abs(shares[1] - shares[0]))
    return furthest


def calibration_error(label: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    borders = np.quantile(score, np.linspace(0, 1, 11))
    bins = np.searchsorted(borders[1:-1], score)
    total = 0.0
    for one in np.unique(bins):
        rows = bins == one
        gap = np.average(label[rows], weights=weight[rows]) - np.average(score[rows],
                                                                         weights=weight[rows])
        total += weight[rows].sum() * abs(gap)
    return total / weight.sum()


def top(label: np.ndarray, score: np.ndarray, weight: np.ndarray, k: int) -> tuple[float, float]:
    border = np.sort(score)[::-1][k - 1]
    share = np.where(score > border, 1.0, 0.0)
    tied = score == border
    share[tied] = (k - share.sum()) / tied.sum()
    value = share * weight
    return (value[label == 1].sum() / value.sum(),
            value[label == 1].sum() / weight[label == 1].sum())


def delong(label: np.ndarray, left: np.ndarray, right: np.ndarray) -> dict:
    def components(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pairs = score[label == 1][:, None] - score[label == 0][None, :]
        wins = (pairs > 0) + 0.5 * (pairs == 0)
        return wins.mean(axis=1), wins.mean(axis=0)

    sides = [components(left), components(right)]
    covariance = sum(np.cov(np.vstack([sides[0][c], sides[1][c]])) / len(sides[0][c])
                     for c in (0, 1))
    aucs = [sides[0][0].mean(), sides[1][0].mean()]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    z = (aucs[1] - aucs[0]) / np.sqrt(variance)
    return {"left": aucs[0], "right": aucs[1], "left_variance": covariance[0, 0],
            "variance": variance, "p_value": 2 * scipy.stats.norm.sf(abs(z))}


def scored(index: int, case: dict) -> None:
    score, label = np.array(case["probability"]), np.array(case["label"])
    number = np.array(case["number"])
    weight = np.array(case["weight"]) if case["weight"] else np.ones(len(label))
    kwargs = {"sample_weight": weight}
    taken = (score >= case["cut_off"]).astype(float)
    metrics = sklearn.metrics
    area = metrics.roc_auc_score(label, score, **kwargs)
    precision, recall = top(label, score, weight, len(label) // 10)
    all_near(f"scored {index}", case["figures"], {
        "auc": area,
        "gini": 2 * area - 1,
        "ks_power": ks_power(label, score, weight),
        "average_precision": metrics.average_precision_score(label, score, **kwargs),
        "brier": metrics.brier_score_loss(label, score, **kwargs),
        "log_loss": metrics.log_loss(label, score, **kwargs),
        "calibration_error": calibration_error(label, score, weight),
        "accuracy": metrics.accuracy_score(label, taken, **kwargs),
        "precision": metrics.precision_score(label, taken, **kwargs),
        "recall": metrics.recall_score(label, taken, **kwargs),
        "f1": metrics.f1_score(label, taken, **kwargs),
        "top_precision": precision,
        "top_recall": recall,
        "rmse": metrics.root_mean_squared_error(number, score, **kwargs),
        "mae": metrics.mean_absolute_error(number, score, **kwargs),
        "mape": metrics.mean_absolute_percentage_error(number, score, **kwargs),
        "r2": metrics.r2_score(number, score, **kwargs),
    })
    if not case["weight"]:
        near(f"scored {index}.ks_power of scipy", case["figures"]["ks_power"],
             scipy.stats.ks_2samp(score[label == 1], score[label == 0]).statistic)
        theirs = delong(label, score, np.array(case["other"]))
        ours = case["figures"]["delong"]
        all_near(f"scored {index}.delong", ours, theirs)
        half = scipy.stats.norm.ppf(0.975) * np.sqrt(theirs["variance"])
        for end, sign in ((0, -1), (1, 1)):
            near(f"scored {index}.delong.interval", ours["interval"][end],
                 theirs["right"] - theirs["left"] + sign * half)
    groups(index, case, score, label, weight, taken)


def groups(index: int, case: dict, score: np.ndarray, label: np.ndarray, weight: np.ndarray,
           taken: np.ndarray) -> None:
    rates, chances, gaps = [], [], []
    for group, ours in enumerate(case["fairness"]["groups"]):
        rows = slice(group, None, 3)
        rates.append(np.average(taken[rows], weights=weight[rows]))
        chances.append(sklearn.metrics.recall_score(label[rows], taken[rows],
                                                    sample_weight=weight[rows]))
        gaps.append(np.average(score[rows] - label[rows], weights=weight[rows]))
        all_near(f"scored {index}.group {group}", ours, {
            "selection_rate": rates[-1], "true_positive_rate": chances[-1],
            "calibration_gap": gaps[-1]})
        if not case["weight"]:
            wilson = scipy.stats.binomtest(int(taken[rows].sum()), len(taken[rows])).proportion_ci(
                method="wilson")
            near(f"scored {index}.group {group}.low", ours["selection_interval"][0], wilson.low)
            near(f"scored {index}.group {group}.high", ours["selection_interval"][1], wilson.high)
    all_near(f"scored {index}.fairness", case["fairness"], {
        "selection_rate_ratio": min(rates) / max(rates),
        "equal_opportunity_gap": max(chances) - min(chances),
        "calibration_gap": max(abs(gap) for gap in gaps)})


def psi(reference: np.ndarray, actual: np.ndarray, special: list[float]) -> tuple[float, float]:
    def plain(values: np.ndarray) -> np.ndarray:
        return values[~np.isnan(values) & ~np.isin(values, special)]

    edges = np.unique(np.quantile(plain(reference), np.arange(1, 10) / 10))

    def counts(values: np.ndarray) -> np.ndarray:
        bins = np.bincount(np.searchsorted(edges, plain(values)), minlength=len(edges) + 1)
        return np.concatenate([bins, [np.isnan(values).sum()],
                               [(values == one).sum() for one in special]])

    expected, found = counts(reference), counts(actual)
    used = (expected > 0) | (found > 0)
    e = np.maximum(expected[used] / len(reference), 1e-4)
    a = np.maximum(found[used] / len(actual), 1e-4)
    critical = (1 / len(reference) + 1 / len(actual)) * scipy.stats.chi2.ppf(0.95, used.sum() - 1)
    return float(((a - e) * np.log(a / e)).sum()), float(critical)


def drift(index: int, case: dict) -> None:
    reference = np.array([np.nan if v is None else v for v in case["reference"]])
    actual = np.array([np.nan if v is None else v for v in case["actual"]])
    left, right = reference[~np.isnan(reference)], actual[~np.isnan(actual)]
    ours = case["figures"]
    plain, plain_critical = psi(reference, actual, [])
    own, own_critical = psi(reference, actual, case["special"])
    ks = scipy.stats.ks_2samp(left, right).statistic
    size = len(left) * len(right) / (len(left) + len(right))
    moved = scipy.stats.wasserstein_distance(left, right)
    counts = np.array([np.histogram(side, bins=case["edges"])[0] for side in (left, right)])
    table = counts[:, counts.sum(axis=0) > 0]
    chi = scipy.stats.chi2_contingency(table, correction=False)
    p, q = counts[0] / counts[0].sum(), counts[1] / counts[1].sum()
    all_near(f"drift {index}", ours, {
        "psi": plain, "psi_critical": plain_critical,
        "psi_special": own, "psi_special_critical": own_critical,
        "ks": ks, "ks_p_value": scipy.special.kolmogorov(np.sqrt(size) * ks),
        "wasserstein": moved, "wasserstein_relative": moved / left.std(),
        "jensen_shannon": jensenshannon(p, q, base=2),
        "hellinger": np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2),
        "chi_squared": chi.statistic, "chi_squared_freedom": chi.dof,
        "chi_squared_p_value": chi.pvalue,
        "cramers_v": scipy.stats.contingency.association(table, method="cramer"),
    })
    for name, theirs in (("counts", counts[0]), ("quantiles", np.quantile(left, case["shares"]))):
        for one, other in zip(ours[name], theirs, strict=True):
            near(f"drift {index}.{name}", one, float(other))


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    for index, case in enumerate(cases["scored"]):
        scored(index, case)
    for index, case in enumerate(cases["drift"]):
        drift(index, case)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
