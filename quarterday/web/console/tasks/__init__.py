"""What is left for people to do: seen, given to somebody, done, dismissed or added."""
