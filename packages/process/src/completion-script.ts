/** Shells that completion is written for. */
export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/**
 * A script for a shell that completes a program's words by asking the program: `<program> __complete <words>`, which answers with a
 * candidate a line (and what it is about, behind a tab), then a line with a directive.
 */
export function completionScript(shell: CompletionShell, program: string): string {
  return scripts[shell](program, `_${program.replaceAll(/\W/g, '_')}`);
}

const scripts: Readonly<Record<CompletionShell, (program: string, name: string) => string>> = {
  bash: (program, name) => `# bash completion for ${program}: source <(${program} completion bash)
${name}_complete() {
  local IFS=$'\\n' word=\${COMP_WORDS[COMP_CWORD]} line
  # bash breaks words at colons; paths of workspaces have them
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local words cword cur
    _get_comp_words_by_ref -n : cur words cword
  else
    local words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=$word
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in :[0-9]*) ;; *) COMPREPLY+=("\${line%%$'\\t'*}") ;; esac
  done < <(${program} __complete "\${words[@]:1:cword}" 2>/dev/null)
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F ${name}_complete ${program}
`,
  zsh: (program, name) => `#compdef ${program}
# zsh completion for ${program}: source <(${program} completion zsh)
${name}() {
  local line word about
  local -a shown words_found
  while IFS= read -r line; do
    [[ $line == :<-> ]] && continue
    word=\${line%%$'\\t'*}
    about=\${line#*$'\\t'}
    words_found+=("$word")
    [[ $word == $line ]] && shown+=("$word") || shown+=("$word -- $about")
  done < <(${program} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compadd -Q -l -d shown -a words_found
}
compdef ${name} ${program}
`,
  fish: (program, name) => `# fish completion for ${program}: ${program} completion fish | source
function ${name}
  set -l words (commandline -opc) (commandline -ct)
  ${program} __complete $words[2..] 2>/dev/null | string match -rv '^:[0-9]+$'
end
complete -c ${program} -f -a '(${name})'
`,
};
