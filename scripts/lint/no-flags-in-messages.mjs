/**
 * Lint rule: below the command line no text contains a flag such as `--seed`. A message names the option as data (`words.ts`), and each
 * front end writes it in its own form. Only whole commands, written with `commandLine([...])`, contain flags.
 * @type {import('@oxlint/plugins').Rule}
 */
export const noFlagsInMessages = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      flag: "'{{flag}}' is a flag of the command line: name the option with option() in words`...`.",
    },
  },
  create: (context) => {
    /**
     * @param {import('@oxlint/plugins').ESTree.Node} node
     * @param {string} text
     */
    const check = (node, text) => {
      const [flag] = /(?<![\w-])--[a-z][\w-]*/.exec(text) ?? [];
      if (flag === undefined || isInCommand(node)) return;
      context.report({ node, messageId: 'flag', data: { flag } });
    };
    return {
      Literal(node) {
        if (typeof node.value === 'string') check(node, node.value);
      },
      TemplateElement(node) {
        check(node, node.value.cooked ?? node.value.raw);
      },
    };
  },
};

/** @param {import('@oxlint/plugins').ESTree.Node} node */
function isInCommand(node) {
  for (
    let at = /** @type {import('@oxlint/plugins').ESTree.Node | null} */ (node.parent);
    at !== null;
    at = at.parent
  )
    if (at.type === 'CallExpression' && at.callee.type === 'Identifier' && at.callee.name === 'commandLine')
      return true;
  return false;
}
