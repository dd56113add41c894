#!/usr/bin/env python3
"""LightGBM on a table without times, five folds: what `fraud-score cross-validate` is held against.

usage: table_trees.py TABLE.csv[.gz] --label COLUMN [--id COLUMN] [--categories A,B] [--trials N] [--folds N] [--threads N]

Rows are dealt out to the folds with as many of the label in each (another deal than ours). Settings come from random
search: of --trials draws, the first the library's defaults, the one with the highest mean ROC AUC over the very folds that it
is then judged by, which favours the trees; rounds by early stopping on the fold too. Prints a line of JSON: mean and each
fold's ROC AUC and average precision, the standard error of the folds' mean, and the settings.

Needs numpy, pandas, scikit-learn, lightgbm.
"""
import argparse
import json

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold


def draw(random):
    return {"learning_rate": float(10 ** random.uniform(-2, -0.7)), "num_leaves": int(random.integers(4, 64)),
            "min_data_in_leaf": int(random.integers(5, 200)), "feature_fraction": float(random.uniform(0.3, 1)),
            "bagging_fraction": float(random.uniform(0.6, 1)), "bagging_freq": 1,
            "lambda_l2": float(10 ** random.uniform(-1, 1.5))}


def judge(params, x, y, folds, categories, threads):
    figures = []
    for learn, test in folds:
        data = lightgbm.Dataset(x.iloc[learn], y[learn], categorical_feature=categories or "auto")
        model = lightgbm.train(
            {"objective": "binary", "metric": "auc", "verbosity": -1, "seed": 1, "num_threads": threads, **params}, data, 2000,
            valid_sets=[lightgbm.Dataset(x.iloc[test], y[test], reference=data)],
            callbacks=[lightgbm.early_stopping(50, verbose=False)])
        scores = model.predict(x.iloc[test], num_iteration=model.best_iteration)
        figures.append((roc_auc_score(y[test], scores), average_precision_score(y[test], scores)))
    return np.array(figures)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("table")
    parser.add_argument("--label", required=True)
    parser.add_argument("--id")
    parser.add_argument("--categories", default="")
    for name, default in [("trials", 30), ("folds", 5), ("threads", 2)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    table = pd.read_csv(options.table)
    categories = [name for name in options.categories.split(",") if name]
    x = table.drop(columns=[options.label] + ([options.id] if options.id else [])).astype({name: "category" for name in categories})
    y = table[options.label].to_numpy()
    folds = list(StratifiedKFold(options.folds, shuffle=True, random_state=1).split(x, y))
    random, best = np.random.default_rng(42), None
    for trial in range(options.trials):
        params = {} if trial == 0 else draw(random)
        figures = judge(params, x, y, folds, categories, options.threads)
        if best is None or figures[:, 0].mean() > best[0][:, 0].mean():
            best = (figures, params)
    figures, params = best
    print(json.dumps({
        "lightgbm": lightgbm.__version__, "roc_auc": figures[:, 0].mean(),
        "standard_error": figures[:, 0].std(ddof=1) / np.sqrt(options.folds), "average_precision": figures[:, 1].mean(),
        "folds": figures[:, 0].tolist(), "settings": params}))


if __name__ == "__main__":
    main()
