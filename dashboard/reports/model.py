from dashboard.model import *  # noqa
