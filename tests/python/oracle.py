#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare one trained model with the Python packages.

    oracle.py FOLDER

FOLDER has `model` (an MLflow folder), `oracle.json` (what was trained, on what, and what came out)
and the columns that it names. Exits 1 with a line per difference.
"""
import json
import pathlib
import sys

import lightgbm
import mlflow.pyfunc
import numpy as np
import pandas as pd
import scipy.stats
import sklearn.calibration
import sklearn.metrics
import xgboost

FOLDER = pathlib.Path(sys.argv[1])
JOB = json.loads((FOLDER / "oracle.json").read_text(encoding="utf-8"))
FAULTS: list[str] = []


def read_columns(name: str) -> dict[str, np.ndarray]:
    columns = {}
    for column in JOB[name]:
        if column["type"] == "string":
            columns[column["name"]] = np.array(column["values"], dtype=object)
        else:
            columns[column["name"]] = np.fromfile(FOLDER / name / column["file"],
                                                  dtype=column["type"])
    return columns


def same_bits(what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    """`ours` is float64; a float32 of theirs widens exactly."""
    ours = np.ascontiguousarray(ours, dtype=np.float64)
    theirs = np.ascontiguousarray(theirs, dtype=np.float64)
    if ours.shape != theirs.shape:
        FAULTS.append(f"{what}: shape {ours.shape}, not {theirs.shape}")
        return
    differs = ours.view(np.uint64) != theirs.view(np.uint64)
    if differs.any():
        at = np.argwhere(differs)[0]
        FAULTS.append(f"{what}: {int(differs.sum())} of {differs.size} differ, first at {at}: "
                      f"{ours[tuple(at)]!r}, not {theirs[tuple(at)]!r}")


def near(what: str, ours: float, theirs: float) -> None:
    if not abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs)):
        FAULTS.append(f"{what}: {ours!r}, not {theirs!r}")


def matrix(columns: dict[str, np.ndarray], names: list[str]) -> np.ndarray:
    return np.column_stack([columns[name].astype(np.float64) for name in names])


def labels_of(columns: dict[str, np.ndarray]) -> np.ndarray:
    label = columns[JOB["label"]]
    if JOB["classes"]:
        return np.array([JOB["classes"].index(str(value)) for value in label], dtype=np.float64)
    return label.astype(np.float64)


def frame(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame({name: columns[name] for name in JOB["features"]})


def train_again(columns: dict[str, np.ndarray]):
    """What the package itself makes of the same rows and parameters."""
    features, label = frame(columns), labels_of(columns)
    weight = columns[JOB["weight"]] if JOB["weight"] else None
    params = dict(JOB["params"])
    if JOB["engine"] == "xgboost":
        types = ["c" if name in JOB["categorical"] else "q" for name in JOB["features"]]
        data = xgboost.DMatrix(matrix(columns, JOB["features"]), label=label, weight=weight,
                               feature_names=JOB["features"], feature_types=types,
                               enable_categorical=True)
        return xgboost.train(params, data, JOB["rounds"], verbose_eval=False)
    params["verbosity"] = -1
    categorical = params.pop("categorical_feature", "")
    data = lightgbm.Dataset(features, label=label, weight=weight,
                            categorical_feature=[int(i) for i in categorical.split(",") if i])
    return lightgbm.train(params, data, JOB["rounds"])


def predict(booster, columns: dict[str, np.ndarray], **how) -> np.ndarray:
    values = matrix(columns, JOB["features"])
    if JOB["engine"] == "xgboost":
        types = ["c" if name in JOB["categorical"] else "q" for name in JOB["features"]]
        names = {"margin": "output_margin", "contributions": "pred_contribs"}
        data = xgboost.DMatrix(values, feature_names=JOB["features"], feature_types=types,
                               enable_categorical=True)
        return booster.predict(data, **{names[key]: True for key in how})
    names = {"margin": "raw_score", "contributions": "pred_contrib"}
    return booster.predict(values, **{names[key]: True for key in how})


def ours(name: str, prefix: str) -> np.ndarray:
    columns = read_columns(name)
    chosen = [columns[key] for key in columns if key == prefix or key.startswith(prefix + "_")]
    return chosen[0] if len(chosen) == 1 else np.column_stack(chosen)


def check_predictions() -> np.ndarray:
    fresh = read_columns("fresh")
    scores = ours("prediction", "score" if JOB["classes"] else "prediction")
    model = mlflow.pyfunc.load_model(str(FOLDER / "model"))
    same_bits("mlflow", scores, np.asarray(model.predict(frame(fresh))))
    booster = model.get_raw_model()
    same_bits("the package", scores, predict(booster, fresh))
    same_bits("margins", ours("margin", "margin"), predict(booster, fresh, margin=True))
    contributions = np.asarray(predict(booster, fresh, contributions=True))
    same_bits("contributions", ours("contributions", "contribution"),
              contributions.reshape(len(scores), -1))
    again = train_again(read_columns("training"))
    same_bits("trained again", scores, predict(again, fresh))
    if JOB["classes"]:
        best = [JOB["classes"][i] for i in np.argmax(scores, axis=1)]
        if [str(value) for value in read_columns("prediction")["prediction"]] != best:
            FAULTS.append("labels are not those of the highest score")
    return scores


def calibration_error(label: np.ndarray, score: np.ndarray, weight) -> float:
    """By scikit-learn's bins; its calibration_curve itself knows no weights."""
    edges = np.percentile(score, np.linspace(0, 1, 11) * 100)
    bins = np.searchsorted(edges[1:-1], score)
    weight = np.ones(len(score)) if weight is None else weight
    error = 0.0
    for number in np.unique(bins):
        rows = bins == number
        error += abs(np.sum(weight[rows] * label[rows]) - np.sum(weight[rows] * score[rows]))
    if weight.min() == weight.max():
        true, predicted = sklearn.calibration.calibration_curve(label, score, n_bins=10,
                                                                strategy="quantile")
        counts = np.unique(bins, return_counts=True)[1]
        near("ece by calibration_curve", error / len(score),
             float(np.sum(counts * np.abs(true - predicted)) / len(score)))
    return error / np.sum(weight)


def expected_figures(score: np.ndarray) -> dict[str, float]:
    fresh = read_columns("fresh")
    label = labels_of(fresh)
    weight = fresh[JOB["weight"]] if JOB["weight"] else None
    metrics = sklearn.metrics
    if JOB["classes"]:
        taken = np.argmax(score, axis=1)
        macro = {"average": "macro", "zero_division": 0, "sample_weight": weight}
        return {"accuracy": metrics.accuracy_score(label, taken, sample_weight=weight),
                "precision": metrics.precision_score(label, taken, **macro),
                "recall": metrics.recall_score(label, taken, **macro),
                "f1": metrics.f1_score(label, taken, **macro),
                "log_loss": metrics.log_loss(label, score.astype(np.float64),
                                             sample_weight=weight)}
    if set(JOB["figures"]) == {"rmse", "mae", "mape", "r2"}:
        return {"rmse": metrics.root_mean_squared_error(label, score, sample_weight=weight),
                "mae": metrics.mean_absolute_error(label, score, sample_weight=weight),
                "mape": metrics.mean_absolute_percentage_error(label, score, sample_weight=weight),
                "r2": metrics.r2_score(label, score, sample_weight=weight)}
    taken = score >= 0.5
    auc = metrics.roc_auc_score(label, score, sample_weight=weight)
    zero = {"zero_division": 0, "sample_weight": weight}
    return {"auc": auc, "gini": 2 * auc - 1,
            "ks": scipy.stats.ks_2samp(score[label == 1], score[label == 0]).statistic,
            "average_precision": metrics.average_precision_score(label, score,
                                                                 sample_weight=weight),
            "log_loss": metrics.log_loss(label, score, sample_weight=weight),
            "brier": metrics.brier_score_loss(label, score, sample_weight=weight),
            "ece": calibration_error(label, score, weight),
            "accuracy": metrics.accuracy_score(label, taken, sample_weight=weight),
            "precision": metrics.precision_score(label, taken, **zero),
            "recall": metrics.recall_score(label, taken, **zero),
            "f1": metrics.f1_score(label, taken, **zero)}


def main() -> int:
    scores = check_predictions()
    expected = expected_figures(scores)
    for name, value in expected.items():
        near(name, JOB["figures"][name], float(value))
    for name in set(JOB["figures"]) - set(expected):
        FAULTS.append(f"{name}: not compared")
    for fault in FAULTS:
        print(fault)
    return 1 if FAULTS else 0


if __name__ == "__main__":
    sys.exit(main())
