/** What a shell must know to complete `pipeline …`: it asks `pipeline completion words` for what fits. Text only. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Splits the line at blanks itself: bash would also split `c@seed=1` and `--force=train`. */
const bash = `# in ~/.bashrc:  source <(pipeline completion bash)
_pipeline() {
  local line=\${COMP_LINE:0:COMP_POINT} part=\${COMP_WORDS[COMP_CWORD]} candidate
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local current=\${words[\${#words[@]} - 1]}
  [[ $current == *"$part" && ( -z $part || -n \${part//[=:@]/} ) ]] || part=
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("\${candidate:\${#current} - \${#part}}")
    [[ $candidate == *= ]] && compopt -o nospace 2> /dev/null
  done < <("\${words[0]}" completion words -- "\${words[@]:1}" 2> /dev/null)
}
complete -o default -F _pipeline pipeline
`;

const zsh = `#compdef pipeline
# in ~/.zshrc, after compinit:  source <(pipeline completion zsh)
_pipeline() {
  local -a found open
  found=(\${(f)"$(\${words[1]} completion words -- "\${(@)words[2,CURRENT]}" 2> /dev/null)"})
  open=(\${(M)found:#*=})
  found=(\${found:#*=})
  (( \${#open} )) && compadd -S '' -a open
  (( \${#found} )) && compadd -a found
  (( \${#open} + \${#found} )) || _files
}
compdef _pipeline pipeline
`;

const fish = `# in ~/.config/fish/completions/pipeline.fish:  pipeline completion fish | source
complete -c pipeline -a '(pipeline completion words -- (commandline -opc)[2..-1] (commandline -ct) 2> /dev/null)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
