"""Says whether a TCP connection can be made; run in a pod."""

import os
import socket
import sys
import time

time.sleep(3)  # a policy covers a new pod up to a second late
try:
    socket.create_connection((os.environ["TARGET_HOST"], int(os.environ["TARGET_PORT"])), timeout=5).close()
    sys.stdout.write("connect: yes\n")
except OSError as error:
    sys.stdout.write(f"connect: no ({type(error).__name__})\n")
