"""From what the rules saw to people: the situation, the lines that fit it, their order, and the route."""
