# SPDX-License-Identifier: Apache-2.0
"""The models of the exactness grid: what to train, with which library, in which version."""
import itertools
from typing import Any, NamedTuple


class Case(NamedTuple):
    name: str
    library: str  # xgboost | lightgbm
    params: dict[str, Any]
    label: str = "number"  # number | count | positive | binary | class | rank | two | time
    missing: float = 0.0  # share of the features' entries
    codes: bool = False  # features 0 and 1 are category codes
    texts: bool = False  # ... and given as texts in a data frame
    rounds: int = 12
    file: str = "json"  # of xgboost: json | ubj
    newest_only: bool = False
    falls_back: bool = False  # the engine must say that the library is to score it
    moved: bool = False  # the newest version scores the older one's model otherwise than that did


XGBOOST_OBJECTIVES = [
    ("reg:squarederror", "number", {}), ("reg:logistic", "binary", {}),
    ("binary:logistic", "binary", {}), ("binary:logitraw", "binary", {}),
    ("binary:hinge", "binary", {}), ("count:poisson", "count", {}),
    ("reg:gamma", "positive", {}), ("reg:tweedie", "count", {"tweedie_variance_power": 1.4}),
    ("reg:squaredlogerror", "count", {}), ("reg:pseudohubererror", "number", {}),
    ("reg:absoluteerror", "number", {}), ("reg:quantileerror", "number", {"quantile_alpha": 0.3}),
    ("multi:softprob", "class", {"num_class": 4}), ("multi:softmax", "class", {"num_class": 4}),
    ("rank:ndcg", "rank", {}), ("rank:map", "binary_rank", {}), ("rank:pairwise", "rank", {}),
    ("survival:cox", "positive", {}), ("survival:aft", "time", {}),
]


def xgboost_cases() -> list[Case]:
    cases = []
    for (name, label, extra), missing in itertools.product(XGBOOST_OBJECTIVES, (0.0, 0.2)):
        params = {"objective": name, "max_depth": 4, **extra}
        cases.append(Case(f"{name} missing {missing}", "xgboost", params, label, missing,
                          file="ubj" if missing else "json"))
    for method, depth, missing in itertools.product(("hist", "approx", "exact"), (1, 6, 9),
                                                    (0.0, 0.2)):
        params = {"objective": "binary:logistic", "tree_method": method, "max_depth": depth}
        cases.append(Case(f"{method} depth {depth} missing {missing}", "xgboost", params, "binary",
                          missing, file="json" if depth == 6 else "ubj"))
    more = {
        "dart": ({"booster": "dart", "rate_drop": 0.3, "objective": "reg:squarederror"}, "number"),
        "dart logistic": ({"booster": "dart", "rate_drop": 0.5, "skip_drop": 0.1,
                           "objective": "binary:logistic"}, "binary"),
        "dart classes": ({"booster": "dart", "rate_drop": 0.3, "objective": "multi:softprob",
                          "num_class": 3}, "class"),
        "forest": ({"num_parallel_tree": 5, "subsample": 0.7, "objective": "reg:squarederror"},
                   "number"),
        "forest classes": ({"num_parallel_tree": 3, "subsample": 0.7, "num_class": 3,
                            "objective": "multi:softprob"}, "class"),
        "by leaves": ({"grow_policy": "lossguide", "max_leaves": 40, "max_depth": 0,
                       "objective": "reg:squarederror"}, "number"),
        "deep": ({"max_depth": 14, "min_child_weight": 0, "objective": "reg:squarederror"},
                 "number"),
        "deep exact": ({"max_depth": 12, "min_child_weight": 0, "tree_method": "exact",
                        "objective": "reg:squarederror"}, "number"),
        "base score": ({"base_score": 0.2, "objective": "binary:logistic"}, "binary"),
        "base score of counts": ({"base_score": 3.7, "objective": "count:poisson"}, "count"),
        "monotone": ({"monotone_constraints": "(1,-1,0,0,0,0)", "objective": "reg:squarederror"},
                     "number"),
        "wide bins": ({"max_bin": 1500, "max_depth": 7, "objective": "reg:squarederror"}, "number"),
        "pruned": ({"gamma": 0.8, "tree_method": "exact", "objective": "reg:squarederror"},
                   "number"),
        "targets": ({"objective": "reg:squarederror"}, "two"),
        "quantiles": ({"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]},
                      "number"),
    }
    for name, (params, label) in more.items():
        cases.append(Case(name, "xgboost", {"max_depth": 4, **params}, label, 0.1,
                          file="ubj" if len(name) % 2 else "json", moved=name.startswith("dart")))
    for method, one_hot, missing in itertools.product(("hist", "approx"), (2, 100), (0.0, 0.2)):
        params = {"objective": "binary:logistic", "tree_method": method, "max_depth": 5,
                  "max_cat_to_onehot": one_hot}
        cases.append(Case(f"categories {method} {one_hot} missing {missing}", "xgboost", params,
                          "binary", missing, codes=True, file="ubj" if missing else "json"))
    cases += [
        Case("no trees", "xgboost", {"objective": "binary:logistic"}, "binary", rounds=0,
             moved=True),
        Case("texts", "xgboost", {"objective": "binary:logistic", "max_depth": 5}, "binary", 0.1,
             codes=True, texts=True, newest_only=True),
        Case("texts ubj", "xgboost", {"objective": "reg:squarederror", "max_depth": 5}, "number",
             0.1, codes=True, texts=True, newest_only=True, file="ubj"),
        Case("expectile", "xgboost", {"objective": "reg:expectileerror", "expectile_alpha": 0.3},
             newest_only=True),
        Case("expectiles", "xgboost", {"objective": "reg:expectileerror",
                                       "expectile_alpha": [0.3, 0.6]},
             newest_only=True, falls_back=True),
        Case("linear booster", "xgboost", {"booster": "gblinear"}, falls_back=True),
        # XGBoost 3.4 crashes on those that 2.1 wrote.
        Case("vector leaves", "xgboost", {"multi_strategy": "multi_output_tree"}, "two",
             newest_only=True, falls_back=True),
    ]
    return cases


LIGHTGBM_OBJECTIVES = [
    ("regression", "number", {}), ("regression", "number", {"reg_sqrt": True}),
    ("regression_l1", "number", {}), ("huber", "number", {}), ("fair", "number", {}),
    ("quantile", "number", {"alpha": 0.3}), ("mape", "positive", {}), ("poisson", "count", {}),
    ("gamma", "positive", {}), ("tweedie", "count", {}), ("binary", "binary", {}),
    ("binary", "binary", {"sigmoid": 1.7}), ("cross_entropy", "binary", {}),
    ("cross_entropy_lambda", "binary", {}), ("multiclass", "class", {"num_class": 4}),
    ("multiclassova", "class", {"num_class": 4, "sigmoid": 0.6}), ("lambdarank", "rank", {}),
    ("rank_xendcg", "rank", {}),
]


def lightgbm_cases() -> list[Case]:
    cases = []
    for (name, label, extra), missing in itertools.product(LIGHTGBM_OBJECTIVES, (0.0, 0.2)):
        params = {"objective": name, "num_leaves": 15, **extra}
        more = " ".join(f"{key} {value}" for key, value in extra.items())
        cases.append(Case(f"{name} {more} missing {missing}", "lightgbm", params, label, missing))
    rules = [{}, {"zero_as_missing": True}, {"use_missing": False}]
    for leaves, rule, missing in itertools.product((2, 31, 100, 600), rules, (0.0, 0.2)):
        params = {"objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 2, **rule}
        cases.append(Case(f"{leaves} leaves {' '.join(rule)} missing {missing}", "lightgbm", params,
                          "binary", missing))
    for one_hot, missing, rule in itertools.product((1, 100), (0.0, 0.2), rules):
        params = {"objective": "binary", "num_leaves": 31, "max_cat_to_onehot": one_hot,
                  "min_data_per_group": 5, "cat_smooth": 1, **rule}
        cases.append(Case(f"categories {one_hot} {' '.join(rule)} missing {missing}", "lightgbm",
                          params, "binary", missing, codes=True))
    bagged = {"bagging_fraction": 0.7, "bagging_freq": 1}
    more = {
        "dart": ({"boosting": "dart", "drop_rate": 0.5, "objective": "regression"}, "number"),
        "forest": ({"boosting": "rf", "objective": "regression", **bagged}, "number"),
        "binary forest": ({"boosting": "rf", "objective": "binary", **bagged}, "binary"),
        "forest of classes": ({"boosting": "rf", "objective": "multiclass", "num_class": 3,
                               **bagged}, "class"),
        "goss": ({"boosting": "goss", "objective": "regression"}, "number"),
        "random cuts": ({"extra_trees": True, "objective": "regression"}, "number"),
        "wide bins": ({"max_bin": 2000, "min_data_in_bin": 1, "num_leaves": 127,
                       "min_data_in_leaf": 2, "objective": "regression"}, "number"),
        "narrow bins": ({"max_bin": 15, "objective": "regression"}, "number"),
        "path smooth": ({"path_smooth": 2.0, "objective": "regression"}, "number"),
        "no average": ({"boost_from_average": False, "objective": "poisson"}, "count"),
    }
    for name, (params, label) in more.items():
        cases.append(Case(name, "lightgbm", {"num_leaves": 20, **params}, label, 0.1))
    cases.append(Case("one leaf", "lightgbm", {"objective": "regression", "min_data_in_leaf": 5000},
                      rounds=3))
    cases.append(Case("linear leaves", "lightgbm", {"objective": "regression", "linear_tree": True},
                      falls_back=True))
    return cases


def all_cases(library: str, newest: bool) -> list[Case]:
    cases = xgboost_cases() if library == "xgboost" else lightgbm_cases()
    return [case for case in cases if newest or not case.newest_only]
