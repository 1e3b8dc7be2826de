"""How much the suite finds: it is run against each named defect of the mock."""
