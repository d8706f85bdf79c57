"""Tests of `deploy.local`, with real processes on this machine, as the user who runs the tests."""
