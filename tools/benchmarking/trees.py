"""Learns trees for the benchmark's rows of the fraud network, and writes rows that all of them score.

usage: trees.py FRAUD_SCORE FOLDER BATCH...

Payments come from tools/make-transactions, features from `fraud-score features` and pipelines/fraud.yaml. What trees
cost depends on how many and how large they are: their settings are those that were best on the payments that the shipped network
learned from (tools/evaluate-fraud), with as many rounds. Writes lightgbm.txt, xgboost.json, and rows-BATCH.npy for each BATCH.

Needs numpy, pandas, lightgbm, xgboost.
"""
import os
import subprocess
import sys

import lightgbm
import numpy
import pandas
import xgboost

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SIZES = ["--seed", "1", "--days", "120", "--customers", "1500", "--terminals", "3000"]
LIGHTGBM = {"learning_rate": 0.0334, "num_leaves": 26, "min_data_in_leaf": 27, "feature_fraction": 0.652, "bagging_fraction": 0.974,
            "bagging_freq": 1, "lambda_l2": 5.18, "objective": "binary", "verbosity": -1, "seed": 1}
LIGHTGBM_ROUNDS = 286
XGBOOST = {"eta": 0.0331, "max_depth": 5, "min_child_weight": 6, "subsample": 0.737, "colsample_bytree": 0.668, "lambda": 6.26,
           "max_bin": 1024, "objective": "binary:logistic", "tree_method": "hist", "seed": 1}
XGBOOST_ROUNDS = 488


def main():
    fraud_score, folder, *batches = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    payments, features = (os.path.join(folder, name) for name in ("payments.csv", "features.csv"))
    subprocess.run([os.path.join(TOP, "tools", "make-transactions"), *SIZES, "--output", payments], check=True)
    with open(features, "w", encoding="utf-8") as file:
        subprocess.run([fraud_score, "features", os.path.join(TOP, "pipelines", "fraud.yaml"), payments, "--quiet"],
                       stdout=file, check=True)
    x = pandas.read_csv(features, dtype={"TRANSACTION_ID": str}).drop(columns="TRANSACTION_ID").to_numpy(numpy.float32)
    y = pandas.read_csv(payments, usecols=["TX_FRAUD"]).TX_FRAUD.to_numpy()
    lightgbm.train(LIGHTGBM, lightgbm.Dataset(x, y), LIGHTGBM_ROUNDS).save_model(os.path.join(folder, "lightgbm.txt"))
    xgboost.train(XGBOOST, xgboost.DMatrix(x, y), XGBOOST_ROUNDS).save_model(os.path.join(folder, "xgboost.json"))
    # The latest rows, whose history is full.
    for batch in map(int, batches):
        numpy.save(os.path.join(folder, f"rows-{batch}.npy"), numpy.ascontiguousarray(x[-batch:]))


if __name__ == "__main__":
    main()
