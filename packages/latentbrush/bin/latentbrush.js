#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { ownProcess } from '../dist/cli/terminal/interrupt.js';
import { watchStreams } from '../dist/cli/terminal/streams.js';

watchStreams();
ownProcess();
process.exitCode = await main(process.argv.slice(2));
