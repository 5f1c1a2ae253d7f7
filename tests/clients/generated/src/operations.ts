// The operations of the programs. Their types come from `schema.graphql` by the code generator.
import { graphql } from './gql/index.js';

export const LOGIN = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      accessToken
      viewer {
        user {
          id
          email
        }
      }
    }
  }
`);

export const ME = graphql(`
  query Me {
    viewer {
      credential
      permissions
      user {
        id
        email
        fullName
        version
      }
    }
  }
`);

export const RENAME = graphql(`
  mutation Rename($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      id
      fullName
      version
    }
  }
`);

export const ONBOARD = graphql(`
  mutation Onboard($input: OnboardCompanyInput!) {
    onboardCompany(input: $input) {
      id
      status
      cursor
    }
  }
`);

export const PROGRESS = graphql(`
  subscription Progress($jobId: ID!, $after: EventCursor) {
    jobProgress(jobId: $jobId, after: $after) {
      __typename
      cursor
      occurredAt
      progress
      ... on JobTaskCompleted {
        stage
        task
        completed
        total
      }
      ... on JobFailed {
        error {
          code
          message
        }
      }
    }
  }
`);

export const JOB = graphql(`
  query JobResult($id: ID!) {
    job(id: $id) {
      id
      status
      progress
      result {
        __typename
        ... on OnboardingResult {
          companyName
          customersDiscovered
          company {
            id
            name
            customers(first: 3) {
              totalCount
              pageInfo {
                hasNextPage
                endCursor
              }
              nodes {
                id
                name
                ticker
                segment
              }
            }
          }
        }
      }
    }
  }
`);
