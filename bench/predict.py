#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Parquet -> predict -> Parquet with pyarrow and xgboost, as a careful person would write it.

    predict.py MODEL ROWS.parquet OUT.parquet THREADS

Prints the seconds that reading, scoring and writing took, imports and the start of Python left out.
"""
import sys
import time

import numpy as np
import pyarrow
import pyarrow.parquet
import xgboost


def main() -> None:
    model, source, target, threads = sys.argv[1:]
    pyarrow.set_cpu_count(int(threads))
    booster = xgboost.Booster({"nthread": int(threads)}, model_file=model)
    began = time.perf_counter()
    table = pyarrow.parquet.read_table(source)
    features = np.column_stack([table[name].to_numpy() for name in booster.feature_names])
    scores = booster.inplace_predict(features)
    table = table.append_column("prediction", pyarrow.array(scores.astype(np.float64)))
    pyarrow.parquet.write_table(table, target, compression="zstd")
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
