"""One worker process: what it is given, what is heard of it, and that it ends with all it began."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from films import fake_ffmpeg, gone, pids
from samples import photo, video

from pipeline.rules.media import Kind
from pipeline.rules.work import Died, Done, Job, Limits, Refused
from pipeline.tools import children
from pipeline.tools.children import attend
from pipeline.tools.executors import Processes, Stopped, run
