import { relative } from 'node:path';

const VAGUE = /^(utils?|helpers?|common|misc|shared)$/;

/**
 * Lint rule: a file or folder is named for what it does, so none is called `utils`, `helpers` or `common`.
 * @type {import('@oxlint/plugins').Rule}
 */
export const noVagueNames = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { vague: "'{{name}}' says nothing: name the file or folder for what it does." },
  },
  create: (context) => ({
    Program(node) {
      const parts = relative(context.cwd, context.filename).split(/[/\\.]/);
      const name = parts.find((part) => VAGUE.test(part));
      if (name !== undefined) context.report({ node, messageId: 'vague', data: { name } });
    },
  }),
};
