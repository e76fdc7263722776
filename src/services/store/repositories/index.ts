/** The repositories that the registry knows: found, registered, and recognised after a move. */
export { locateRepository, repositoryRoot } from './locate.js';
export { adoptRepository, type FormerPlace, formerPlaces } from './moved.js';
export { allRepos, findRepo, forgetGoneDemos, registerRepo } from './register.js';
