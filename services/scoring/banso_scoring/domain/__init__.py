"""The pure core of scoring: columns of accounts in, columns out. It reads no clock, file, log or store."""
