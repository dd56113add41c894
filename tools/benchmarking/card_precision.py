"""The Fraud Detection Handbook's card precision."""
import numpy as np
import pandas as pd


def card_precision(scores, test, k=100):
    """Of the k cards a day with the highest scores, the share that was defrauded that day; a card that was found is left out later."""
    days = test.TX_DATETIME.dt.normalize()
    known, found = set(), []
    for _, rows in pd.DataFrame({"day": days, "card": test.CUSTOMER_ID, "fraud": test.TX_FRAUD, "score": scores}).groupby("day"):
        cards = rows.groupby("card").agg(score=("score", "max"), fraud=("fraud", "max"))
        cards = cards[~cards.index.isin(known)].sort_values("score", ascending=False, kind="stable").head(k)
        hits = cards.index[cards.fraud == 1]
        found.append(len(hits) / k)
        known.update(hits)
    return float(np.mean(found))
