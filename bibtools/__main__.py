"""`python -m bibtools` is the same as the command `bibtools`."""

from bibtools.cli.main import run

if __name__ == "__main__":
    run()
