"""What is asked wrongly, too late or in bad faith: each gets a sentence and a remedy, and nothing is half done."""
