"""Yahoo Finance by yfinance: quotes, option chains, history, fundamentals, earnings, news. No key.

The library brings what is hard and changes often: cookies, crumbs, consent, a browser's handshake.
Its frames are not used, because in them a refusal, a fault and an absence are all the same empty
frame; the documents that it fetches are read here instead. For personal use, says Yahoo.
"""
