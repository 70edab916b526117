import { parseAddressOptions } from '../../protocol/address-options.js';
import { startForm } from '../start-form.js';
import { createAddressProgram } from './address-program.js';
import { loadAddressTexts } from './texts.js';

startForm(parseAddressOptions, loadAddressTexts, createAddressProgram);
