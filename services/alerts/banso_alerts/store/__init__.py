"""What alerts keeps, as functions over one open transaction; only `banso_common.db.transaction` commits."""
