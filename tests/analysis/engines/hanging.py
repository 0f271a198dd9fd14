"""Work that hangs when it is imported."""

import time

time.sleep(600)
