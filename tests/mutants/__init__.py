"""Small changes to the rules, one at a time: each must make a test fail, or be excused with a reason."""
