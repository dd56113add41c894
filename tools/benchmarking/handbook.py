"""The Fraud Detection Handbook's features and baseline weeks beside ours; tools/evaluate-handbook calls it.

usage: handbook.py PAYMENTS REFERENCE FEATURES SCORES...
"""
import sys

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from card_precision import card_precision

NAMES = {
    "amount": "TX_AMOUNT", "weekend": "TX_DURING_WEEKEND", "night": "TX_DURING_NIGHT",
    **{f"card_count_{w}d": f"CUSTOMER_ID_NB_TX_{w}DAY_WINDOW" for w in (1, 7, 30)},
    **{f"card_mean_{w}d": f"CUSTOMER_ID_AVG_AMOUNT_{w}DAY_WINDOW" for w in (1, 7, 30)},
    **{f"terminal_known_{w}d": f"TERMINAL_ID_NB_TX_{w}DAY_WINDOW" for w in (1, 7, 30)},
    **{f"terminal_risk_{w}d": f"TERMINAL_ID_RISK_{w}DAY_WINDOW" for w in (1, 7, 30)},
}


def compare(reference, features):
    """Tells how many rows agree in all features, to the six digits that the reference has."""
    both = reference.merge(features, on="TRANSACTION_ID", validate="one_to_one")
    agrees = np.ones(len(both), bool)
    for ours, theirs in NAMES.items():
        agrees &= np.isclose(both[ours], both[theirs], rtol=2e-6, atol=1e-6)
    print(f"features: {agrees.sum():,} of {len(reference):,} rows agree in all fifteen; others: "
          f"{both.TRANSACTION_ID[~agrees].tolist()[:20]}")


def test_week(payments, delay=7):
    """8 to 14 August without customers whose frauds are known, as the Handbook's get_train_test_set."""
    day = (payments.TX_DATETIME - pd.Timestamp("2018-07-25")).dt.days
    frauds = payments[payments.TX_FRAUD == 1]
    known = set(frauds.CUSTOMER_ID[day[frauds.index].between(0, 6)])
    parts = []
    for place in range(7):
        known |= set(frauds.CUSTOMER_ID[day[frauds.index] == 7 + place - 1])
        rows = payments[day == 7 + delay + place]
        parts.append(rows[~rows.CUSTOMER_ID.isin(known)])
    return pd.concat(parts)


def main():
    payments_path, reference_path, features_path, *score_paths = sys.argv[1:]
    payments = pd.read_csv(payments_path, parse_dates=["TX_DATETIME"])
    compare(pd.read_csv(reference_path), pd.read_csv(features_path))
    test = test_week(payments)
    print(f"{len(test):,} payments to score, {int(test.TX_FRAUD.sum()):,} frauds")
    figures = []
    for path in score_paths:
        scores = test.merge(pd.read_csv(path), on="TRANSACTION_ID", how="left", validate="one_to_one").SCORE.to_numpy()
        figures.append((roc_auc_score(test.TX_FRAUD, scores), average_precision_score(test.TX_FRAUD, scores),
                        card_precision(scores, test.reset_index(drop=True))))
    figures = np.array(figures)
    for name, column in zip(("ROC AUC", "average precision", "card precision@100"), figures.T):
        print(f"{name:20} {column.mean():.4f}  ({column.min():.4f} to {column.max():.4f})")


if __name__ == "__main__":
    main()
