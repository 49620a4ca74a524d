"""What every HTTP door shares: problems, keys, paging, probes."""

from banso_common.http import raw_path

raw_path.install()  # here, so that it is before any route
