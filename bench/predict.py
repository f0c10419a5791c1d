#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Parquet -> predict -> Parquet with pyarrow and xgboost, as a careful person would write it.

    predict.py MODEL ROWS.parquet OUT.parquet THREADS all|prediction

Writes all columns and the prediction, or the prediction alone. Prints the seconds that reading,
scoring and writing took; imports and the start of Python are left out.
"""
import sys
import time

import numpy as np
import pyarrow
import pyarrow.parquet
import xgboost


def main() -> None:
    model, source, target, threads, written = sys.argv[1:]
    pyarrow.set_cpu_count(int(threads))
    booster = xgboost.Booster({"nthread": int(threads)}, model_file=model)
    began = time.perf_counter()
    columns = None if written == "all" else booster.feature_names
    table = pyarrow.parquet.read_table(source, columns=columns)
    features = np.column_stack([table[name].to_numpy() for name in booster.feature_names])
    scores = booster.inplace_predict(features)
    prediction = pyarrow.array(scores.astype(np.float64))
    if written == "all":
        table = table.append_column("prediction", prediction)
    else:
        table = pyarrow.table({"prediction": prediction})
    pyarrow.parquet.write_table(table, target, compression="zstd")
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
