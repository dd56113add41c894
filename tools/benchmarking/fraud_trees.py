#!/usr/bin/env python3
"""Holds fraud-score against gradient-boosted trees that learn from the same features of the same payments.

TABLE is the file of payments (TRANSACTION_ID, TX_DATETIME, CUSTOMER_ID, TX_FRAUD, …), FEATURES what `fraud-score
features` makes of it, SCORES what `fraud-score score` says of the payments from --test on, a file for each seed.

Trees are tuned by random search (the first trial is the library's defaults): learnt from --train to before --choose
less the delay with a fifth of the genuine payments, stopped early and chosen by average precision on the payments from
--choose to before --learn-end. Then they learn all payments from --train to before --learn-end, a seed each, and score
those from --test on, once.

Prints average precision, ROC AUC and card precision@100 (a card that was found is left out on later days) of each seed,
and of the mean of the seeds' logits; and how much better the networks' mean is than the trees', the days drawn again
with replacement.

Needs numpy, pandas, scikit-learn, lightgbm, xgboost.
"""
import argparse
import json
import sys

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import average_precision_score, roc_auc_score

from card_precision import card_precision

DELAY = pd.Timedelta(days=7)
SHARE = 0.2     # of the genuine payments, in the search


def read(options):
    table = pd.read_csv(options.table, dtype={"TRANSACTION_ID": str}, parse_dates=["TX_DATETIME"])
    features = pd.read_csv(options.features, dtype={"TRANSACTION_ID": str})
    frame = table.merge(features, on="TRANSACTION_ID", validate="one_to_one")
    names = [name for name in features.columns if name != "TRANSACTION_ID"]
    return frame, frame[names].to_numpy(np.float32), frame.TX_FRAUD.to_numpy(), names


def figures(scores, test):
    return {"average_precision": average_precision_score(test.TX_FRAUD, scores),
            "roc_auc": roc_auc_score(test.TX_FRAUD, scores), "card_precision": card_precision(scores, test)}


def logits(p):
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


class LightGBM:
    name = f"lightgbm {lightgbm.__version__}"

    @staticmethod
    def draw(random):
        return {"learning_rate": float(10 ** random.uniform(-1.7, -0.7)), "num_leaves": int(random.integers(8, 64)),
                "min_data_in_leaf": int(random.integers(20, 200)), "feature_fraction": float(random.uniform(0.5, 1)),
                "bagging_fraction": float(random.uniform(0.6, 1)), "bagging_freq": 1,
                "lambda_l2": float(10 ** random.uniform(-1, 1.3))}

    @staticmethod
    def fit(params, x, y, weight, rounds, seed, threads, valid=None):
        data = lightgbm.Dataset(x, y, weight=weight, free_raw_data=False)
        params = {"objective": "binary", "verbosity": -1, "seed": seed, "num_threads": threads, **params}
        if valid is None:
            return lightgbm.train(params, data, rounds)
        params["metric"] = "average_precision"
        return lightgbm.train(params, data, 3000, valid_sets=[lightgbm.Dataset(*valid, reference=data)],
                              callbacks=[lightgbm.early_stopping(60, verbose=False)])

    @staticmethod
    def rounds(model): return model.best_iteration

    @staticmethod
    def predict(model, x): return model.predict(x, num_iteration=model.best_iteration or None)


class XGBoost:
    name = f"xgboost {xgboost.__version__}"

    @staticmethod
    def draw(random):
        return {"eta": float(10 ** random.uniform(-1.7, -0.6)), "max_depth": int(random.integers(3, 9)),
                "min_child_weight": float(random.integers(1, 20)), "subsample": float(random.uniform(0.6, 1)),
                "colsample_bytree": float(random.uniform(0.5, 1)), "lambda": float(10 ** random.uniform(-1, 1.3)),
                "max_bin": int(random.choice([256, 1024]))}

    @staticmethod
    def fit(params, x, y, weight, rounds, seed, threads, valid=None):
        data = xgboost.DMatrix(x, y, weight=weight)
        params = {"objective": "binary:logistic", "tree_method": "hist", "seed": seed, "nthread": threads,
                  "eval_metric": "aucpr", **params}
        if valid is None:
            return xgboost.train(params, data, rounds)
        return xgboost.train(params, data, 3000, evals=[(xgboost.DMatrix(*valid), "valid")],
                             early_stopping_rounds=60, verbose_eval=False)

    @staticmethod
    def rounds(model): return model.best_iteration + 1

    @staticmethod
    def predict(model, x):
        best = getattr(model, "best_iteration", None)
        return model.inplace_predict(x, iteration_range=(0, best + 1) if best is not None else (0, 0))


def search(library, frame, x, y, options):
    """Average precision where it is chosen, settings, rounds."""
    time = frame.TX_DATETIME
    random = np.random.default_rng(42)
    early = ((time >= options.train) & (time < options.choose - DELAY)).to_numpy()
    choose = ((time >= options.choose) & (time < options.learn_end)).to_numpy()
    rows = np.flatnonzero(early)
    rows = rows[(y[rows] == 1) | (random.random(len(rows)) < SHARE)]
    weight = np.where(y[rows] == 1, 1, 1 / SHARE)
    best = None
    for trial in range(options.trials):
        params = {} if trial == 0 else library.draw(random)
        model = library.fit(params, x[rows], y[rows], weight, 0, 1, options.threads, (x[choose], y[choose]))
        value = average_precision_score(y[choose], library.predict(model, x[choose]))
        print(f"{library.name}: trial {trial + 1} of {options.trials}: {value:.4f}, {library.rounds(model)} rounds", file=sys.stderr)
        if best is None or value > best[0]:
            best = (value, params, library.rounds(model))
    # All payments are more than the search's fifth: a tenth more rounds.
    return {"average_precision": best[0], "rounds": max(int(best[2] * 1.1), 1), **best[1]}


def trees(library, frame, x, y, chosen, options):
    time = frame.TX_DATETIME
    params = {key: value for key, value in chosen.items() if key not in ("average_precision", "rounds")}
    learn = np.flatnonzero(((time >= options.train) & (time < options.learn_end)).to_numpy())
    test = (time >= options.test).to_numpy()
    scores = [library.predict(library.fit(params, x[learn], y[learn], None, chosen["rounds"], seed, options.threads), x[test])
              for seed in range(options.seeds)]
    return {"name": library.name, "chosen": chosen}, scores


def bootstrap(ours, theirs, test, draws=500):
    """The difference in average precision with days drawn again."""
    random = np.random.default_rng(7)
    days = test.TX_DATETIME.dt.normalize().to_numpy()
    rows = [np.flatnonzero(days == day) for day in np.unique(days)]
    y = test.TX_FRAUD.to_numpy()
    differences = []
    for _ in range(draws):
        drawn = np.concatenate([rows[i] for i in random.integers(0, len(rows), len(rows))])
        differences.append(average_precision_score(y[drawn], ours[drawn]) - average_precision_score(y[drawn], theirs[drawn]))
    return [float(q) for q in np.quantile(differences, [0.05, 0.5, 0.95])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", required=True)
    parser.add_argument("--features", required=True)
    parser.add_argument("--scores", nargs="*", default=[])
    parser.add_argument("--train", type=pd.Timestamp, default=pd.Timestamp("2018-05-01"))
    parser.add_argument("--choose", type=pd.Timestamp, default=pd.Timestamp("2018-07-11"))
    parser.add_argument("--learn-end", type=pd.Timestamp, default=pd.Timestamp("2018-07-25"))
    parser.add_argument("--test", type=pd.Timestamp, default=pd.Timestamp("2018-08-01"))
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--chosen", help="the --out of an earlier call: its settings, without a search")
    parser.add_argument("--out")
    options = parser.parse_args()

    frame, x, y, names = read(options)
    test = frame[frame.TX_DATETIME >= options.test].reset_index(drop=True)
    print(f"{len(names)} features; {len(test):,} payments to score, {int(test.TX_FRAUD.sum()):,} frauds")
    results = []
    if options.scores:
        scores = []
        for path in options.scores:
            file = pd.read_csv(path, dtype={"TRANSACTION_ID": str})
            scores.append(test[["TRANSACTION_ID"]].merge(file, on="TRANSACTION_ID", how="left", validate="one_to_one").SCORE.to_numpy())
            if np.isnan(scores[-1]).any():
                sys.exit(f"{path}: scores are missing")
        results.append(({"name": "fraud-score"}, scores))
    known = {}
    if options.chosen:
        with open(options.chosen) as file:
            known = {about["name"]: about["chosen"] for about in json.load(file) if "chosen" in about}
    for library in (LightGBM, XGBoost):
        chosen = known.get(library.name) or search(library, frame, x, y, options)
        results.append(trees(library, frame, x, y, chosen, options))
    means = []
    for about, scores in results:
        each = [figures(s, test) for s in scores]
        mean = np.mean([logits(s) for s in scores], axis=0)
        means.append(mean)
        about["seeds"], about["mean_of_seeds"] = each, figures(mean, test)
        for key in ("average_precision", "roc_auc", "card_precision"):
            values = [f[key] for f in each]
            about[key] = {"mean": float(np.mean(values)), "least": min(values), "most": max(values)}
        print(f"{about['name']:20} AP {about['average_precision']['mean']:.4f} ({about['average_precision']['least']:.4f} to "
              f"{about['average_precision']['most']:.4f}), of the mean {about['mean_of_seeds']['average_precision']:.4f}; ROC AUC "
              f"{about['roc_auc']['mean']:.4f}; CP@100 {about['card_precision']['mean']:.4f}")
    if options.scores:
        for (about, _), mean in zip(results[1:], means[1:]):
            about["ours_less_theirs"] = bootstrap(means[0], mean, test)
            low, middle, high = about["ours_less_theirs"]
            print(f"fraud-score less {about['name']}: AP {middle:+.4f} ({low:+.4f} to {high:+.4f}, 5 % and 95 % of draws of days)")
    if options.out:
        with open(options.out, "w") as file:
            json.dump([about for about, _ in results], file, indent=1)


if __name__ == "__main__":
    main()
