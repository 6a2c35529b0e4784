raise AssertionError("imported")
