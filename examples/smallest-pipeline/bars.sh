# lines of "count word" → a bar of so many # for each
while read -r count word; do
  printf '%-8s %s\n' "$word" "$(printf '%*s' "$count" '' | tr ' ' '#')"
done < "$1"
