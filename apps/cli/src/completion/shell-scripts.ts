export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell has to run once. It asks `onfile` itself what can come next, so it stays true across releases. */
export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_onfile_complete() {
  local IFS=$'\\n'
  COMPREPLY=($(onfile complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _onfile_complete onfile
`,
  zsh: `#compdef onfile
_onfile() {
  local -a found
  found=("\${(@f)$(onfile complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null | sed -e 's/:/\\\\:/g' -e $'s/\\t/:/')}")
  if [[ -n "\${found[1]}" ]]; then _describe onfile found; else _files; fi
}
if [[ "\${funcstack[1]}" == _onfile ]]; then _onfile "$@"; else compdef _onfile onfile; fi
`,
  fish: `function __onfile_complete
  set -l words (commandline -opc) (commandline -ct)
  onfile complete -- $words[2..-1] 2>/dev/null
end
complete -c onfile -a '(__onfile_complete)'
`,
};
