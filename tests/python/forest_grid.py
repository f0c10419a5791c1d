#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train the exactness grid with the real libraries, and leave what they predict.

    forest_grid.py train FOLDER xgboost|lightgbm newest|older [EVERY]
    forest_grid.py score FOLDER xgboost|lightgbm

`train` makes a folder per model (of every EVERY-th): the model file, the rows to score, the raw
margins and the predictions, and case.json. `score` loads the models that an older version trained
and adds what this version says of them. The rows lie on, just below and just above every threshold,
in float32 and in float64, and hold every odd value.
"""
import json
import pathlib
import re
import sys

import numpy as np
from forest_cases import Case, all_cases

FEATURES = 6
ROWS = 1500
ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1e-40, -1e-40, 1e-35, 1.1e-35,
       float(np.float32(1e-35)), 1.1754944e-38, 3.4e38, -3.4e38, 1e300, -1e300, 16777216.0,
       16777217.0, 4294967296.0, 2147483648.0, -1.0, -0.5, 0.5, 1.0, 0.1, 1 / 3, 254.0, 1e10]


def features(case: Case, random: np.random.Generator) -> np.ndarray:
    x = random.normal(size=(ROWS, FEATURES))
    x[:, 3] = np.round(x[:, 3] * 4)
    x[:, 4] *= 1e-3
    x[:, 5] = np.where(random.random(ROWS) < 0.3, 0, x[:, 5])
    if case.codes:
        x[:, 0] = random.integers(0, 40, ROWS)
        x[:, 1] = random.integers(0, 7, ROWS)
    x[random.random(x.shape) < case.missing] = np.nan
    return x


def label(case: Case, x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    clean = np.nan_to_num(x)
    signal = clean[:, 0] % 3 + clean[:, 1] * 0.4 - clean[:, 2] + 0.3 * clean[:, 3]
    signal = signal + 0.2 * (clean[:, 5] == 0) + random.normal(scale=0.3, size=ROWS)
    return {"number": lambda: signal, "count": lambda: np.floor(np.exp(np.clip(signal, -2, 3))),
            "positive": lambda: np.exp(np.clip(signal, -2, 3)) + 0.1,
            "binary": lambda: (signal > 0.5) * 1.0, "binary_rank": lambda: (signal > 0.5) * 1.0,
            "class": lambda: np.digitize(signal, [0.0, 1.5]).astype(float),
            "rank": lambda: np.clip(np.round(signal), 0, 4),
            "two": lambda: np.column_stack([signal, -signal + clean[:, 4]]),
            "time": lambda: np.exp(np.clip(signal, -2, 3)) + 0.1}[case.label]()


def around(threshold: float) -> list[float]:
    """The threshold, its neighbours in both types, and values that only float64 tells apart."""
    single = np.float32(threshold)
    up, down = np.float32(np.inf), np.float32(-np.inf)
    return [threshold, float(single), float(np.nextafter(single, up)),
            float(np.nextafter(single, down)), np.nextafter(threshold, np.inf),
            np.nextafter(threshold, -np.inf), (threshold + float(np.nextafter(single, up))) / 2]


def rows_to_score(case: Case, thresholds: list[set[float]], x: np.ndarray,
                  random: np.random.Generator) -> np.ndarray:
    columns = []
    for feature in range(FEATURES):
        values = [v for t in sorted(thresholds[feature]) for v in around(t)] + ODD
        if case.codes and feature < 2:
            values += [float(code) for code in range(70)] + [2.7, 1000.0, 65535.0, 65536.0]
        columns.append(np.array(values))
    size = min(max(len(column) for column in columns) + 400, 6000)
    made = np.empty((size, FEATURES))
    for feature, column in enumerate(columns):
        # Each value at least once, beside ordinary ones, in an order of its own.
        filled = np.concatenate([column, x[random.integers(0, ROWS, size), feature]])[:size]
        made[:, feature] = random.permutation(filled)
    ordinary = x[:200].copy()
    return np.concatenate([made, ordinary])


def write(folder: pathlib.Path, name: str, values: np.ndarray) -> None:
    np.ascontiguousarray(values, dtype=np.float64).tofile(folder / name)


class Xgboost:
    def __init__(self) -> None:
        import xgboost
        self.library = xgboost
        xgboost.set_config(verbosity=0)

    def frame(self, case: Case, x: np.ndarray):
        if not case.texts:
            return x
        import pandas as pd
        frame = pd.DataFrame(x, columns=[f"f{i}" for i in range(FEATURES)])
        for name in ("f0", "f1"):
            # Against the alphabet, so that codes of the data and of the model differ.
            names = [f"c{99 - code}" for code in range(70)]
            texts = [None if np.isnan(v) else names[int(v)] for v in frame[name]]
            frame[name] = pd.Categorical(texts, categories=sorted(set(texts) - {None}))
        return frame

    def matrix(self, case: Case, x: np.ndarray, **more):
        types = ["c" if case.codes and i < 2 else "q" for i in range(FEATURES)]
        if not case.texts:
            more["feature_types"] = types
        return self.library.DMatrix(self.frame(case, x), enable_categorical=True, nthread=1, **more)

    def train(self, case: Case, x: np.ndarray, y: np.ndarray):
        params = {"nthread": 1, "seed": 3, "eta": 0.3, **case.params}
        if case.label == "time":
            matrix = self.matrix(case, x)
            matrix.set_float_info("label_lower_bound", y)
            matrix.set_float_info("label_upper_bound", y)
        else:
            matrix = self.matrix(case, x, label=y)
        if case.label.endswith("rank"):
            matrix.set_group([50] * (ROWS // 50))
        return self.library.train(params, matrix, case.rounds)

    def save(self, case: Case, model, folder: pathlib.Path) -> str:
        name = "model." + case.file
        model.save_model(folder / name)
        model.save_model(folder / "dump.json")
        return name

    def thresholds(self, folder: pathlib.Path, name: str) -> list[set[float]]:
        found: list[set[float]] = [set() for _ in range(FEATURES)]
        booster = json.loads((folder / "dump.json").read_text())["learner"]["gradient_booster"]
        (folder / "dump.json").unlink()
        for tree in booster.get("gbtree", booster).get("model", {}).get("trees", []):
            for left, feature, condition, kind in zip(
                    tree["left_children"], tree["split_indices"], tree["split_conditions"],
                    tree["split_type"]):
                if left != -1 and kind == 0:
                    found[feature].add(float(np.float32(condition)))
        return found

    def load(self, path: pathlib.Path):
        return self.library.Booster({"nthread": 1}, model_file=path)

    def scores(self, case: Case, model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if case.texts or case.falls_back:
            clean = np.where(np.isinf(x) | (np.abs(x) > 1e30), 0, x)
            matrix = self.matrix(case, clean)
            return model.predict(matrix, output_margin=True), model.predict(matrix)
        if case.params["objective"] == "multi:softmax":
            model.set_param({"objective": "multi:softprob"})
        both = [model.inplace_predict(x, predict_type=kind, validate_features=False)
                for kind in ("margin", "value")]
        return both[0], both[1]


class Lightgbm:
    def __init__(self) -> None:
        import lightgbm
        self.library = lightgbm

    def train(self, case: Case, x: np.ndarray, y: np.ndarray):
        params = {"num_threads": 1, "seed": 3, "verbosity": -1, "deterministic": True,
                  "force_row_wise": True, "learning_rate": 0.2, **case.params}
        codes = [0, 1] if case.codes else "auto"
        ranked = case.label.endswith("rank")
        group = np.full(ROWS // 50, 50, dtype=np.int32) if ranked else None
        data = self.library.Dataset(x, y, categorical_feature=codes, group=group)
        return self.library.train(params, data, case.rounds)

    def save(self, case: Case, model, folder: pathlib.Path) -> str:
        model.save_model(folder / "model.txt")
        return "model.txt"

    def thresholds(self, folder: pathlib.Path, name: str) -> list[set[float]]:
        found: list[set[float]] = [set() for _ in range(FEATURES)]
        text = (folder / name).read_text()
        lines = {key: [line.split() for line in re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)]
                 for key in ("split_feature", "threshold", "decision_type")}
        for feature, threshold, decision in zip(*lines.values()):
            for f, t, d in zip(feature, threshold, decision):
                if int(d) & 1 == 0:
                    found[int(f)].add(float(t))
        return found

    def load(self, path: pathlib.Path):
        return self.library.Booster(model_file=str(path))

    def scores(self, case: Case, model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (model.predict(x, raw_score=True, num_threads=1),
                model.predict(x, num_threads=1))


def library_named(name: str):
    return Xgboost() if name == "xgboost" else Lightgbm()


def train(folder: pathlib.Path, library: str, version: str, every: int) -> None:
    of_library = library_named(library)
    for index, case in enumerate(all_cases(library, version == "newest")):
        if index % every != 0:
            continue
        random = np.random.default_rng(index)
        x = features(case, random)
        y = label(case, x, random)
        here = folder / f"{library}-{version}-{index:03}"
        here.mkdir()
        model = of_library.train(case, x, y)
        file = of_library.save(case, model, here)
        rows = rows_to_score(case, of_library.thresholds(here, file), x, random)
        if case.texts:
            rows[:, :2] = np.where(np.isfinite(rows[:, :2]) & (rows[:, :2] >= 0),
                                   np.minimum(np.floor(rows[:, :2]), 6), np.nan)
            rows[~np.isfinite(rows) | (np.abs(rows) > 1e30)] = np.nan
        write(here, "rows", rows)
        # What the file says, not what is in memory: LightGBM rounds nothing, and forests differ.
        for name, values in zip(("margins", "predictions"),
                                of_library.scores(case, of_library.load(here / file), rows)):
            write(here, name, values)
        (here / "case.json").write_text(json.dumps(
            {"name": f"{library} {of_library.library.__version__} {case.name}", "file": file,
             "rows": len(rows), "features": FEATURES, "texts": case.texts, "codes": case.codes,
             "falls_back": case.falls_back, "moved": case.moved and version == "older",
             "index": index}))


def score(folder: pathlib.Path, library: str) -> None:
    of_library = library_named(library)
    cases = all_cases(library, newest=False)
    for here in sorted(folder.glob(f"{library}-older-*")):
        facts = json.loads((here / "case.json").read_text())
        case = cases[facts["index"]]
        rows = np.fromfile(here / "rows").reshape(facts["rows"], FEATURES)
        model = of_library.load(here / facts["file"])
        for name, values in zip(("margins", "predictions"), of_library.scores(case, model, rows)):
            write(here, name + "-newest", values)


def main(arguments: list[str]) -> int:
    verb, folder, library = arguments[0], pathlib.Path(arguments[1]), arguments[2]
    if verb == "train":
        train(folder, library, arguments[3], int(arguments[4]) if len(arguments) > 4 else 1)
    else:
        score(folder, library)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
