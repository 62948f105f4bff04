"""TA-Lib's functions, each timed alone: `which` names one."""

import talib as ta

CALLS = {
    "SMA": lambda b: ta.SMA(b["close"], 30),
    "EMA": lambda b: ta.EMA(b["close"], 30),
    "WMA": lambda b: ta.WMA(b["close"], 30),
    "RSI": lambda b: ta.RSI(b["close"], 14),
    "MACD": lambda b: ta.MACD(b["close"]),
    "BBANDS": lambda b: ta.BBANDS(b["close"], 20),
    "BBANDS 5": lambda b: ta.BBANDS(b["close"], 5),
    "ATR": lambda b: ta.ATR(b["high"], b["low"], b["close"], 14),
    "ADX": lambda b: ta.ADX(b["high"], b["low"], b["close"], 14),
    "STOCH": lambda b: ta.STOCH(b["high"], b["low"], b["close"]),
    "STOCHF": lambda b: ta.STOCHF(b["high"], b["low"], b["close"]),
    "WILLR": lambda b: ta.WILLR(b["high"], b["low"], b["close"], 14),
    "CCI": lambda b: ta.CCI(b["high"], b["low"], b["close"], 14),
    "OBV": lambda b: ta.OBV(b["close"], b["volume"]),
    "SUM": lambda b: ta.SUM(b["close"], 30),
    "VAR 5": lambda b: ta.VAR(b["close"], 5),
    "VAR 20": lambda b: ta.VAR(b["close"], 20),
    "STDDEV 5": lambda b: ta.STDDEV(b["close"], 5),
    "STDDEV 20": lambda b: ta.STDDEV(b["close"], 20),
    "CORREL": lambda b: ta.CORREL(b["close"], b["open"], 30),
    "BETA": lambda b: ta.BETA(b["close"], b["open"], 5),
    "MIN": lambda b: ta.MIN(b["close"], 30),
    "MAX": lambda b: ta.MAX(b["close"], 30),
}


def prepare(which, **arrays):
    call = CALLS[str(which)]

    def run():
        made = call(arrays)
        rows = made if isinstance(made, tuple) else (made,)
        return {f"line{k}": row for k, row in enumerate(rows)}

    return run


def run(which, **arrays):
    return prepare(which, **arrays)()
