#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare trained models with the Python packages.

    oracle.py FOLDER...

Each FOLDER has `model` (an MLflow folder), `oracle.json` (what was trained, on what, and what came
out) and the columns that it names. Exits 1 with a line per difference.
"""
import json
import logging
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



class Comparison:
    """One folder; `faults` has a line per difference."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.job = json.loads((folder / "oracle.json").read_text(encoding="utf-8"))
        self.faults: list[str] = []

    def read_columns(self, name: str) -> dict[str, np.ndarray]:
        columns = {}
        for column in self.job[name]:
            if column["type"] == "string":
                columns[column["name"]] = np.array(column["values"], dtype=object)
            else:
                columns[column["name"]] = np.fromfile(self.folder / name / column["file"],
                                                      dtype=column["type"])
        return columns

    def same_bits(self, what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
        """`ours` is float64; a float32 of theirs widens exactly."""
        ours = np.ascontiguousarray(ours, dtype=np.float64)
        theirs = np.ascontiguousarray(theirs, dtype=np.float64)
        if ours.shape != theirs.shape:
            self.faults.append(f"{what}: shape {ours.shape}, not {theirs.shape}")
            return
        differs = ours.view(np.uint64) != theirs.view(np.uint64)
        if differs.any():
            at = np.argwhere(differs)[0]
            self.faults.append(f"{what}: {int(differs.sum())} of {differs.size} differ, first at "
                               f"{at}: {ours[tuple(at)]!r}, not {theirs[tuple(at)]!r}")

    def near(self, what: str, ours: float, theirs: float) -> None:
        if not abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs)):
            self.faults.append(f"{what}: {ours!r}, not {theirs!r}")

    def matrix(self, columns: dict[str, np.ndarray]) -> np.ndarray:
        return np.column_stack([columns[name].astype(np.float64)
                                for name in self.job["features"]])

    def dmatrix(self, columns: dict[str, np.ndarray], **more) -> xgboost.DMatrix:
        types = ["c" if name in self.job["categorical"] else "q" for name in self.job["features"]]
        return xgboost.DMatrix(self.matrix(columns), feature_names=self.job["features"],
                               feature_types=types, enable_categorical=True, **more)

    def labels_of(self, columns: dict[str, np.ndarray]) -> np.ndarray:
        label = columns[self.job["label"]]
        classes = self.job["classes"]
        if classes:
            return np.array([classes.index(str(value)) for value in label], dtype=np.float64)
        return label.astype(np.float64)

    def frame(self, columns: dict[str, np.ndarray]) -> pd.DataFrame:
        return pd.DataFrame({name: columns[name] for name in self.job["features"]})

    def train_again(self, columns: dict[str, np.ndarray]):
        """What the package itself makes of the same rows and parameters."""
        features, label = self.frame(columns), self.labels_of(columns)
        weight = columns[self.job["weight"]] if self.job["weight"] else None
        params = dict(self.job["params"])
        if self.job["engine"] == "xgboost":
            data = self.dmatrix(columns, label=label, weight=weight)
            return xgboost.train(params, data, self.job["rounds"], verbose_eval=False)
        params["verbosity"] = -1
        categorical = params.pop("categorical_feature", "")
        data = lightgbm.Dataset(features, label=label, weight=weight,
                                categorical_feature=[int(i) for i in categorical.split(",") if i])
        return lightgbm.train(params, data, self.job["rounds"])

    def predict(self, booster, columns: dict[str, np.ndarray], **how) -> np.ndarray:
        if self.job["engine"] == "xgboost":
            names = {"margin": "output_margin", "contributions": "pred_contribs"}
            data = self.dmatrix(columns)
            return booster.predict(data, **{names[key]: True for key in how})
        names = {"margin": "raw_score", "contributions": "pred_contrib"}
        return booster.predict(self.matrix(columns), **{names[key]: True for key in how})

    def ours(self, name: str, prefix: str) -> np.ndarray:
        columns = self.read_columns(name)
        chosen = [columns[key] for key in columns if key == prefix or key.startswith(prefix + "_")]
        return chosen[0] if len(chosen) == 1 else np.column_stack(chosen)

    def check_predictions(self) -> np.ndarray:
        fresh = self.read_columns("fresh")
        scores = self.ours("prediction", "score" if self.job["classes"] else "prediction")
        model = mlflow.pyfunc.load_model(str(self.folder / "model"))
        self.same_bits("mlflow", scores, np.asarray(model.predict(self.frame(fresh))))
        booster = model.get_raw_model()
        named = booster.feature_names if self.job["engine"] == "xgboost" else booster.feature_name()
        if named != self.job["features"]:
            self.faults.append(f"features are named {named}")
        self.same_bits("the package", scores, self.predict(booster, fresh))
        self.same_bits("margins", self.ours("margin", "margin"),
                       self.predict(booster, fresh, margin=True))
        contributions = np.asarray(self.predict(booster, fresh, contributions=True))
        self.same_bits("contributions", self.ours("contributions", "contribution"),
                  contributions.reshape(len(scores), -1))
        again = self.train_again(self.read_columns("training"))
        self.same_bits("trained again", scores, self.predict(again, fresh))
        if self.job["classes"]:
            best = [self.job["classes"][i] for i in np.argmax(scores, axis=1)]
            if [str(value) for value in self.read_columns("prediction")["prediction"]] != best:
                self.faults.append("labels are not those of the highest score")
        return scores

    def calibration_error(self, label: np.ndarray, score: np.ndarray, weight) -> float:
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
            self.near("ece by calibration_curve", error / len(score),
                 float(np.sum(counts * np.abs(true - predicted)) / len(score)))
        return error / np.sum(weight)

    def distance(self, label: np.ndarray, score: np.ndarray, weight) -> float:
        """Kolmogorov-Smirnov; scipy knows no weights."""
        if weight is None:
            return scipy.stats.ks_2samp(score[label == 1], score[label == 0]).statistic
        false, true, _ = sklearn.metrics.roc_curve(label, score, sample_weight=weight,
                                                   drop_intermediate=False)
        return float(np.max(np.abs(true - false)))

    def expected_figures(self, score: np.ndarray) -> dict[str, float]:
        fresh = self.read_columns("fresh")
        label = self.labels_of(fresh)
        weight = fresh[self.job["weight"]] if self.job["weight"] else None
        metrics = sklearn.metrics
        if self.job["classes"]:
            taken = np.argmax(score, axis=1)
            macro = {"average": "macro", "zero_division": 0, "sample_weight": weight}
            return {"accuracy": metrics.accuracy_score(label, taken, sample_weight=weight),
                    "precision": metrics.precision_score(label, taken, **macro),
                    "recall": metrics.recall_score(label, taken, **macro),
                    "f1": metrics.f1_score(label, taken, **macro),
                    "log_loss": metrics.log_loss(label, score.astype(np.float64),
                                                 sample_weight=weight)}
        if set(self.job["figures"]) == {"rmse", "mae", "mape", "r2"}:
            return {"rmse": metrics.root_mean_squared_error(label, score, sample_weight=weight),
                    "mae": metrics.mean_absolute_error(label, score, sample_weight=weight),
                    "mape": metrics.mean_absolute_percentage_error(label, score,
                                                                   sample_weight=weight),
                    "r2": metrics.r2_score(label, score, sample_weight=weight)}
        taken = score >= 0.5
        auc = metrics.roc_auc_score(label, score, sample_weight=weight)
        zero = {"zero_division": 0, "sample_weight": weight}
        return {"auc": auc, "gini": 2 * auc - 1,
                "ks": self.distance(label, score, weight),
                "average_precision": metrics.average_precision_score(label, score,
                                                                     sample_weight=weight),
                "log_loss": metrics.log_loss(label, score, sample_weight=weight),
                "brier": metrics.brier_score_loss(label, score, sample_weight=weight),
                "ece": self.calibration_error(label, score, weight),
                "accuracy": metrics.accuracy_score(label, taken, sample_weight=weight),
                "precision": metrics.precision_score(label, taken, **zero),
                "recall": metrics.recall_score(label, taken, **zero),
                "f1": metrics.f1_score(label, taken, **zero)}

    def run(self) -> list[str]:
        scores = self.check_predictions()
        expected = self.expected_figures(scores)
        for name, value in expected.items():
            self.near(name, self.job["figures"][name], float(value))
        for name in set(self.job["figures"]) - set(expected):
            self.faults.append(f"{name}: not compared")
        return [f"{self.job['engine']} {self.job['name']}: {fault}" for fault in self.faults]


def main() -> int:
    # It warns of every other Python version; the bits are what counts here.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    faults = []
    for folder in sys.argv[1:]:
        faults += Comparison(pathlib.Path(folder)).run()
    for fault in faults:
        print(fault)
    print(f"{len(sys.argv) - 1} models compared")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
