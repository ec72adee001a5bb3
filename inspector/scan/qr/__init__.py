"""Our own way from pixels to a QR symbol's codewords, for symbols that the libraries find but cannot read.

finder → grid → soft decisions → Reed-Solomon with erasures → a clean symbol, which zxing-cpp then turns into bytes.
"""
